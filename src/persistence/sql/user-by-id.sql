-- $1 user -> at most one row: user_id, login, name, role, units, disabled (boolean)
select user_id, login, name, role, units, disabled_at is not null as disabled from app_user where user_id = $1::bigint
