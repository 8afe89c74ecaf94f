-- Retention lines of some runs, as far as the current role may see them. $1 runs (bigint[])
select run_id, effect, cohort, window_days, kind, stream, unit_code, decision_code, point_minor, netted_minor
from run_retention_line where run_id = any ($1::bigint[])
order by run_id, effect, cohort collate "C", window_days, kind, unit_code collate "C", decision_code collate "C", stream
