-- Contacts and seconds by pool and reason of a run. $1 run
select pool_code, reason_code, contacts, seconds from run_measure where run_id = $1 order by pool_code collate "C", reason_code collate "C"
