-- no parameters; their rows stay locked to the end of the transaction -> one row per admin who may act: user_id
select user_id
from app_user
where role = 'admin' and disabled_at is null
order by user_id
for update
