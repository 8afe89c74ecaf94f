-- Pools of a run, from one JSON array. $1 run, $2 rows
insert into run_pool select $1, r.* from jsonb_to_recordset($2::jsonb) as r(pool_code text, kind text, layer text, ledger_minor bigint,
  received_minor bigint, passed_minor bigint, cost_minor bigint, practical_quantity numeric, used_quantity numeric, standard_quantity numeric,
  rate text, standard_rate text, charged_minor bigint, variances_minor bigint, unused_minor bigint, unattributed_minor bigint,
  withheld_minor bigint, parked_minor bigint)
