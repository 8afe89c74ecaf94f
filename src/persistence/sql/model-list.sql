-- All model versions, newest first. No parameters
select m.model_id, m.from_period, m.hash, m.applied_at, u.login as applied_by
from model_version m left join app_user u on u.user_id = m.applied_by order by m.model_id desc
