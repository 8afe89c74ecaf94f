-- Statement lines of a run, from one JSON array. $1 run, $2 posting period, $3 rows
insert into statement_line (run_id, posting_period, line_id, unit_code, kind, decision_code, reason_code, channel, pool_code, rule, tier,
  treatment, charge_period, contacts, seconds, rate, amount_minor)
select $1, $2, r.* from jsonb_to_recordset($3::jsonb) as r(line_id text, unit_code text, kind text, decision_code text, reason_code text,
  channel text, pool_code text, rule text, tier text, treatment text, charge_period text, contacts numeric, seconds numeric, rate text,
  amount_minor bigint)
