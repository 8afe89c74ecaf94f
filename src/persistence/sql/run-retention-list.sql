-- Postings of retention of some runs, by period. $1 runs (bigint[])
select r.run_id, r.effect, r.cohort, r.window_days, r.kind, r.buy_again_point, r.buy_more_point, r.spread_the_word_point,
  r.buy_again_netted, r.buy_more_netted, r.spread_the_word_netted
from run_retention r join run n using (run_id) where r.run_id = any ($1::bigint[])
order by n.period, r.run_id, r.effect, r.cohort collate "C", r.kind = 'provisional', r.window_days
