-- $1 login -> at most one row: user_id, login, name, role, units, disabled (boolean)
select user_id, login, name, role, units, disabled_at is not null as disabled
from app_user
where lower(login) = lower($1::text)
