-- Puts a waiting job off. $1 job, $2 seconds from now, $3 what went wrong
with put_off as (
  update job set due_at = now() + make_interval(secs => $2::double precision)
  where job_id = $1 and state = 'waiting'
  returning job_id
)
update job_progress p set step = $3 from put_off where p.job_id = put_off.job_id
