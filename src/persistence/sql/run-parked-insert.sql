-- Units that a run parked, from one JSON array. $1 run, $2 rows
insert into run_parked select $1, r.* from jsonb_to_recordset($2::jsonb) as r(unit_code text, bound text, why text)
