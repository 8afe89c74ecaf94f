-- The second road of revenue conservation, in PostgreSQL's own sums: postings against their lines, credits against the
-- decision effect's lines, and final windows that another standing run has posted, too. $1 run
-- rows: what, expected, found (minor units), only where they differ
with posting as (
  select effect, cohort, window_days, kind, buy_again_point + buy_more_point + spread_the_word_point as point,
    buy_again_netted + buy_more_netted + spread_the_word_netted as netted
  from run_retention where run_id = $1
),
given as (
  select effect, cohort, window_days, kind, sum(point_minor) as point, sum(netted_minor) as netted
  from run_retention_line where run_id = $1 group by 1, 2, 3, 4
)
select 'retention ' || p.effect || ' ' || p.cohort || ', ' || p.window_days || ' days' as what,
  p.point || ' and ' || p.netted as expected, coalesce(g.point, 0) || ' and ' || coalesce(g.netted, 0) as found
from posting p left join given g using (effect, cohort, window_days, kind)
where p.point <> coalesce(g.point, 0) or p.netted <> coalesce(g.netted, 0)
union all
select 'retention of ' || unit_code || ' for ' || decision_code || ' ' || charge_period, netted::text, credited::text
from (
  select unit_code, decision_code, charge_period, sum(netted) as netted, sum(credited) as credited from (
    select unit_code, decision_code, left(cohort, 7) as charge_period, netted_minor as netted, 0 as credited
    from run_retention_line where run_id = $1 and effect = 'decision' and decision_code is not null and unit_code <> 'not assigned'
    union all
    select unit_code, decision_code, charge_period, 0, netted_minor from run_retention_credit where run_id = $1
  ) both_sides group by 1, 2, 3
) sums where netted <> credited
union all
select 'retention ' || p.effect || ' ' || p.cohort || ', ' || p.window_days || ' days: earlier periods that posted it as final', '0', count(*)::text
from posting p
  join run_retention o using (effect, cohort, window_days)
  join period s on s.run_id = o.run_id
where p.kind <> 'provisional' and o.kind <> 'provisional' and s.period < (select period from run where run_id = $1)
group by p.effect, p.cohort, p.window_days
