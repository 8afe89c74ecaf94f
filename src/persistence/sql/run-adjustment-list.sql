-- Adjustments of a run, as far as the current role may see them. $1 run
select adjustment_id, source, reference, unit_code, kind, charge_period, decision_code, reason_code, channel, pool_code, rule, tier,
  contacts, quantity, rate, amount_minor
from run_adjustment where run_id = $1 order by adjustment_id collate "C"
