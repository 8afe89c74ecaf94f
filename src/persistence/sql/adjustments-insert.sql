-- Postings of a ruling, from one JSON array. $1 key of the group, $2 rows
insert into adjustment (group_key, adjustment_id, source, reference, unit_code, kind, charge_period, decision_code, reason_code, channel, pool_code, rule, tier, amount_minor)
select $1, r.* from jsonb_to_recordset($2::jsonb) as r(adjustment_id text, source text, reference text, unit_code text, kind text, charge_period text,
  decision_code text, reason_code text, channel text, pool_code text, rule text, tier text, amount_minor bigint)
