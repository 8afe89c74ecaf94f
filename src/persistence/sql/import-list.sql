-- Imports, newest first. $1 how many
select i.import_id as "importId", i.kind, i.file_name as "fileName", i.bytes::float8 as bytes, i.sha256,
  i.rows_new::float8 as "rowsNew", i.rows_changed::float8 as "rowsChanged", i.rows_same::float8 as "rowsSame",
  i.rows_refused::float8 as "rowsRefused", i.totals, i.undoes, undo.import_id as "undoneBy", u.login as by, i.imported_at as at
from import i
  left join import undo on undo.undoes = i.import_id
  left join app_user u on u.user_id = i.imported_by
order by i.import_id desc limit $1
