-- Asks for a correction. $1 charge period, $2 unit, $3 other unit or null, $4 decision or null, $5 reason code or null, $6 amount, $7 correction that it takes back or null, $8 why, $9 user
insert into correction (charge_period, unit_code, counter_unit, decision_code, reason_code, amount_minor, reverses, reason, requested_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning correction_id
