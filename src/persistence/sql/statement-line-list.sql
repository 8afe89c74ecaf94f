-- Lines of a run. $1 run
select line_id, unit_code, kind, decision_code, reason_code, channel, pool_code, rule, tier, treatment, charge_period, posting_period,
  contacts, seconds, rate, amount_minor
from statement_line where run_id = $1 order by line_id collate "C"
