-- Contacts and seconds by pool and reason of a run, from one JSON array. $1 run, $2 rows
insert into run_measure select $1, r.* from jsonb_to_recordset($2::jsonb) as r(pool_code text, reason_code text, contacts numeric, seconds numeric)
