-- Retention credits of some runs, as far as the current role may see them. $1 runs (bigint[])
select run_id, unit_code, decision_code, charge_period, tier, point_minor, netted_minor, credit_minor, above_cap_minor, not_credited_minor
from run_retention_credit where run_id = any ($1::bigint[])
order by run_id, unit_code collate "C", charge_period, decision_code collate "C"
