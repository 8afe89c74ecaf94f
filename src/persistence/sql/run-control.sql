-- The second road of the tie-out: per pool, what the stored rows sum to beside the stored cost; per run, contacts of the facts
-- beside contacts that the run read. $1 run; rows: what, expected, found (minor units or contacts), only where they differ
with given as (
  select pool_code, sum(amount_minor) as amount from (
    select pool_code, amount_minor from statement_line where run_id = $1
    union all
    select pool_code, amount_minor from service_line where run_id = $1 and pool_code is not null
  ) rows group by pool_code
),
ledger as (
  select substr(to_account, 6) as pool_code, sum(amount_minor) as amount from run_hop
  where run_id = $1 and to_account like 'pool:%' and from_account like 'ledger:%' group by 1
),
totals as (
  select sum(amount_minor) filter (where from_account like 'ledger:%') as ledger,
    (select sum(amount_minor) from statement_line where run_id = $1) as lines,
    (select sum(amount_minor) from service_line where run_id = $1) as service
  from run_hop where run_id = $1
)
select 'pool ' || p.pool_code || ': cost' as what, p.cost_minor::text as expected, coalesce(g.amount, 0)::text as found
from run_pool p left join given g using (pool_code) where p.run_id = $1 and p.kind <> 'support' and p.cost_minor <> coalesce(g.amount, 0)
union all
select 'pool ' || p.pool_code || ': ledger', p.ledger_minor::text, coalesce(l.amount, 0)::text
from run_pool p left join ledger l using (pool_code) where p.run_id = $1 and p.ledger_minor <> coalesce(l.amount, 0)
union all
select 'ledger', coalesce(ledger, 0)::text, (coalesce(lines, 0) + coalesce(service, 0))::text
from totals where coalesce(ledger, 0) <> coalesce(lines, 0) + coalesce(service, 0)
union all
-- Rulings and late contacts sum to zero against service; late ledger entries to the change of their period's ledger.
select 'adjustments by ' || source, '0', sum(amount_minor)::text
from run_adjustment where run_id = $1 and source <> 'late_ledger' group by source having sum(amount_minor) <> 0
union all
select 'late ledger entries of ' || charge_period, coalesce(c.amount, 0)::text, coalesce(a.amount, 0)::text
from (select charge_period, sum(amount_minor) as amount from run_adjustment where run_id = $1 and source = 'late_ledger' group by charge_period) a
  full join (select charge_period, amount_minor as amount from run_ledger_change where run_id = $1) c using (charge_period)
where coalesce(c.amount, 0) <> coalesce(a.amount, 0)
