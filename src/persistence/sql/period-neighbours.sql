-- What stands in the way of closing a period: a later closed one, an earlier one under way; and the newest closed run before it. $1 period
select (select min(period) from period where period > $1 and state = 'closed') as later_closed,
  (select min(period) from period where period < $1 and state in ('calculated', 'in_review', 'approved')) as earlier_under_way,
  (select run_id from period where period < $1 and state = 'closed' order by period desc limit 1) as newest_closed_run
