-- Imports after a watermark up to another. $1 after, $2 up to
select import_id, kind, file_name, rows_new::float8 as rows_new, rows_changed::float8 as rows_changed, undoes, totals -> 'periods' as periods
from import where import_id > $1 and import_id <= $2 order by import_id
