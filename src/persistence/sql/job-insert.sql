-- Keeps a job, and tells whoever works that there is one. $1 kind, $2 work, $3 user, $4 held to, $5 due at or null for now
-- -> one row: job_id
with made as (
  insert into job (kind, work, asked_by, asked_as, due_at)
  values ($1::text, $2::text, $3::bigint, $4::text, coalesce($5::timestamptz, now()))
  returning job_id
), begun as (
  insert into job_progress (job_id) select job_id from made
)
select job_id, pg_notify('answerable_job', '') from made
