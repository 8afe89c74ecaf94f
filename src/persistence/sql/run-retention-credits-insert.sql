-- Retention credits of a run, from one JSON array. $1 run, $2 rows
insert into run_retention_credit select $1, r.* from jsonb_to_recordset($2::jsonb) as r(unit_code text, decision_code text, charge_period text,
  tier text, point_minor bigint, netted_minor bigint, credit_minor bigint, above_cap_minor bigint, not_credited_minor bigint)
