-- $1 login -> at most one row: password_hash (null: none), disabled
select password_hash, disabled_at is not null as disabled from app_user where lower(login) = lower($1::text)
