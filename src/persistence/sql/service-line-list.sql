-- What stays with service in a run. $1 run
select line_id, kind, pool_code, quantity, amount_minor from service_line where run_id = $1 order by line_id collate "C"
