-- Double-entry hops of a run, from one JSON array. $1 run, $2 rows
insert into run_hop select $1, r.* from jsonb_to_recordset($2::jsonb) as r(hop_no int, from_account text, to_account text, amount_minor bigint)
