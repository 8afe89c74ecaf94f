-- Charge of units for decisions by month and tier in some runs, corrections with the month they pay for. $1 runs (bigint[])
select unit_code, decision_code, charge_period, tier, sum(amount_minor)::text as amount_minor from (
  select unit_code, decision_code, charge_period, tier, amount_minor from statement_line
  where run_id = any ($1::bigint[]) and treatment = 'charged' and decision_code is not null
  union all
  select unit_code, decision_code, charge_period, tier, amount_minor from run_adjustment
  where run_id = any ($1::bigint[]) and unit_code is not null and decision_code is not null
) rows group by 1, 2, 3, 4 order by 1, 2, 3, 4
