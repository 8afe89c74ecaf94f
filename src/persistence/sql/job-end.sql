-- Ends a job that is waiting. $1 job, $2 done or failed, $3 outcome, $4 name of the file that it made, or null
with ended as (
  update job set state = $2, outcome = $3::text, file_name = $4, ended_at = now()
  where job_id = $1 and state = 'waiting'
  returning job_id
), let_go as (
  delete from job_file using ended where job_file.job_id = ended.job_id and side = 'in'
)
select pg_notify('answerable_job', job_id::text) from ended
