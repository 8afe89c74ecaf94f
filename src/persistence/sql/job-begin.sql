-- Notes that work on a job begins. $1 job -> one row: attempts, this one included
update job_progress set attempts = attempts + 1, begun_at = now(), step = null, done = 0, total = 0
where job_id = $1
returning attempts, pg_notify('answerable_job', job_id::text)
