-- Rules a dispute. $1 dispute, $2 unit, $3 other unit or null, $4 outcome, $5 amount, $6 reason, $7 user
insert into dispute_ruling (dispute_id, unit_code, counter_unit, outcome, amount_minor, reason, ruled_by) values ($1, $2, $3, $4, $5, $6, $7)
