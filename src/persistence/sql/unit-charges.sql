-- Charge of each unit by run, parked or not. $1 runs (bigint[])
select run_id, unit_code, sum(amount_minor)::text as amount_minor from statement_line
where run_id = any ($1::bigint[]) and treatment in ('charged', 'parked') group by run_id, unit_code
order by run_id, unit_code collate "C"
