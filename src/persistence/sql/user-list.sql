-- no parameters -> one row per user, by login: user_id, login, name, role, units, disabled
select user_id, login, name, role, units, disabled_at is not null as disabled
from app_user
order by login collate "C"
