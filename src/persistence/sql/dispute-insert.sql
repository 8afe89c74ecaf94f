-- Opens a dispute. $1 run, $2 line, $3 nth of the line, $4 charge period, $5 unit, $6 other unit or null, $7 amount, $8 reason, $9 evidence, $10 due on, $11 user
insert into dispute (run_id, line_id, nth, charge_period, unit_code, counter_unit, amount_minor, reason, evidence, due_on, opened_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning dispute_id
