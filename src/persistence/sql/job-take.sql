-- The next job that is due and that nobody works on: held until the transaction ends. $1 kinds or null for all
-- -> at most one row
select job_id, kind, work, asked_by, asked_as
from job
where state = 'waiting' and due_at <= now() and ($1::text[] is null or kind = any ($1))
order by due_at, job_id
limit 1
for no key update skip locked
