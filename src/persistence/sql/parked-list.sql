-- Units that standing runs parked and the rulings on them, newest period first. $1 period or null
select p.period, p.state, k.unit_code, k.bound, k.why, r.created_at as since, g.ruling, g.reason, u.login as ruled_by, g.ruled_at,
  (select coalesce(sum(l.amount_minor), 0) from statement_line l where l.run_id = p.run_id and l.unit_code = k.unit_code and l.treatment = 'parked') as amount_minor
from period p join run r using (run_id) join run_parked k using (run_id)
  left join parking_ruling g on g.period = p.period and g.unit_code = k.unit_code left join app_user u on u.user_id = g.ruled_by
where $1::text is null or p.period = $1
order by p.period desc, k.unit_code collate "C", k.why collate "C"
