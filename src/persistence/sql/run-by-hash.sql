-- The run of a period with a hash. $1 period, $2 hash
select run_id from run where period = $1 and hash = $2
