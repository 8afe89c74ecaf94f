-- Adjustments of a run, from one JSON array. $1 run, $2 rows
insert into run_adjustment select $1, r.* from jsonb_to_recordset($2::jsonb) as r(adjustment_id text, source text, reference text, unit_code text,
  kind text, charge_period text, decision_code text, reason_code text, channel text, pool_code text, rule text, tier text, contacts numeric,
  quantity numeric, rate text, amount_minor bigint)
