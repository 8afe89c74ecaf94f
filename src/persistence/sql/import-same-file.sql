-- The import that brought this very file, if what it wrote still stands. $1 kind, $2 sha256, $3 mapping; rows: at, by
select i.imported_at as at, coalesce(u.login, 'the system') as by
from import i left join app_user u on u.user_id = i.imported_by
where i.kind = $1 and i.sha256 = $2 and i.rows_refused = 0 and i.mapping is not distinct from $3 and i.undoes is null
  and not exists (select from import undo where undo.undoes = i.import_id)
  and not exists (select from import later where later.kind = i.kind and later.import_id > i.import_id and (later.rows_changed > 0 or later.undoes is not null))
order by i.import_id desc limit 1
