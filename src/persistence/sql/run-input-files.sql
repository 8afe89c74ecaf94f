-- Imports that a run read and that concern its period or no period at all, ascending. $1 watermark, $2 period
select i.import_id, i.kind, i.file_name, (i.rows_new + i.rows_changed + i.rows_same)::float8 as rows, i.sha256, i.imported_at
from import i
where i.import_id <= $1 and i.undoes is null
  and not exists (select from import undo where undo.undoes = i.import_id and undo.import_id <= $1)
  and (jsonb_array_length(coalesce(i.totals->'periods', '[]')) = 0 or i.totals->'periods' @> to_jsonb($2::text))
order by i.import_id
