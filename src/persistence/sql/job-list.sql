-- Jobs that the current role may see, newest first; what came of it, often long, of a single one. $1 job or null for all,
-- $2 user or null for everybody's
select j.job_id, j.kind, j.work, u.login, j.asked_at, j.due_at, j.state,
  case when $1::bigint is not null then j.outcome end as outcome, j.file_name, j.ended_at, p.attempts,
  p.begun_at, p.step, p.done, p.total
from job j join job_progress p using (job_id) join app_user u on u.user_id = j.asked_by
where ($1::bigint is null or j.job_id = $1) and ($2::bigint is null or j.asked_by = $2)
order by j.job_id desc
limit 10000
