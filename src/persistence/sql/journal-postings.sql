-- What a run hands to the general ledger: charged lines, and adjustments of units. $1 run
select unit_code, decision_code, charge_period, false as is_adjustment, sum(amount_minor)::text as amount_minor
from statement_line where run_id = $1 and treatment = 'charged' group by 1, 2, 3
union all
select unit_code, decision_code, charge_period, true, sum(amount_minor)::text
from run_adjustment where run_id = $1 and unit_code is not null group by 1, 2, 3
