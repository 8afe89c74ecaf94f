-- A run's contacts by decision and booking day, from one JSON array. $1 run, $2 rows
insert into run_decision_day select $1, r.* from jsonb_to_recordset($2::jsonb) as r(decision_code text, day date, contacts numeric)
