-- $1 logins, $2 names, $3 roles, $4 units of each, joined by | -> one row per user that was not there: login
insert into app_user (login, name, role, units)
select login, name, role, coalesce(string_to_array(nullif(units, ''), '|'), '{}')
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as given (login, name, role, units)
on conflict ((lower(login))) do nothing
returning login
