-- Periods of some runs. $1 runs (bigint[])
select run_id, period from run where run_id = any ($1::bigint[])
