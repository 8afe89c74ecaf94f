-- Contacts and seconds by pool and reason of some runs. $1 runs (bigint[])
select pool_code, reason_code, contacts, seconds from run_measure where run_id = any ($1::bigint[])
order by pool_code collate "C", reason_code collate "C", run_id
