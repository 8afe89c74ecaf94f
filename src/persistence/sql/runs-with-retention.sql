-- Of some runs, those whose model nets retention, with their period. $1 runs (bigint[])
select run_id, period, document ? 'value' as has_value from run where run_id = any ($1::bigint[]) order by period, run_id
