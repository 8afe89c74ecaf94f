-- Units that a run parked, with the bounds that they broke, as far as the current role may see them. $1 run
select unit_code, bound, why from run_parked where run_id = $1 order by unit_code collate "C", why collate "C"
