-- A decision in some runs: contacts of the handling layer, posted amounts and priced quantity by pool.
-- $1 decision, $2 runs (bigint[])
select l.run_id, p.period, l.pool_code, q.layer, sum(l.contacts)::text as contacts, sum(l.seconds)::text as seconds, sum(l.amount_minor)::text as amount_minor,
  sum(l.amount_minor) filter (where l.treatment = 'charged')::text as charged_minor
from statement_line l join run p on p.run_id = l.run_id join run_pool q on q.run_id = l.run_id and q.pool_code = l.pool_code
where l.decision_code = $1 and l.run_id = any ($2::bigint[]) and l.charge_period = p.period
group by 1, 2, 3, 4 order by 2, 3
