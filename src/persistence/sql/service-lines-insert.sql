-- What stays with service, from one JSON array. $1 run, $2 rows
insert into service_line (run_id, line_id, kind, pool_code, quantity, amount_minor)
select $1, r.* from jsonb_to_recordset($2::jsonb) as r(line_id text, kind text, pool_code text, quantity numeric, amount_minor bigint)
