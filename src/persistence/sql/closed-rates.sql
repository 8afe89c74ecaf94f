-- Capacity cost rates of a run. $1 run
select pool_code, rate from run_pool where run_id = $1 and kind = 'operating' order by pool_code collate "C"
