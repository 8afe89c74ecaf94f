-- Ledgers of closed periods that changed, from one JSON array. $1 run, $2 rows
insert into run_ledger_change select $1, r.* from jsonb_to_recordset($2::jsonb) as r(charge_period text, amount_minor bigint)
