-- Accepts an issued statement. $1 number, $2 unit, $3 user. Rows: none when it was accepted before
insert into statement_acceptance (number, unit_code, accepted_by) values ($1, $2, $3)
on conflict do nothing returning number
