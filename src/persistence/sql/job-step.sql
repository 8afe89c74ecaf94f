-- Notes how far a job is. $1 job, $2 step, $3 done, $4 of
update job_progress set step = $2, done = $3, total = $4
where job_id = $1
returning pg_notify('answerable_job', job_id::text)
