-- Newest job of a kind that the current role may see. $1 kind, $2 period or null for any
select j.job_id, j.kind, j.work, u.login, j.asked_at, j.due_at, j.state, j.file_name, j.ended_at, p.attempts,
  p.begun_at, p.step, p.done, p.total
from job j join job_progress p using (job_id) join app_user u on u.user_id = j.asked_by
where j.kind = $1 and ($2::text is null or j.work::json ->> 'period' = $2)
order by j.job_id desc
limit 1
