-- Double-entry hops of a run. $1 run
select hop_no, from_account, to_account, amount_minor from run_hop where run_id = $1 order by hop_no
