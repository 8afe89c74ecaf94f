-- Disputes that the current role may see, newest first. $1 dispute or null, $2 line or null
select d.dispute_id, d.run_id, d.line_id, d.nth, d.charge_period, d.unit_code, d.counter_unit, d.amount_minor, d.reason, d.evidence, d.due_on,
  d.opened_at, d.opened_by as opened_by_id, o.login as opened_by, o.role as opened_as, r.outcome, r.amount_minor as ruled_minor, r.reason as ruling, r.ruled_at, u.login as ruled_by,
  exists (select from dispute_entry e where e.dispute_id = d.dispute_id and e.kind = 'escalation') as escalated,
  r.outcome is null and current_date > d.due_on as overdue
from dispute d join app_user o on o.user_id = d.opened_by
  left join dispute_ruling r using (dispute_id) left join app_user u on u.user_id = r.ruled_by
where ($1::bigint is null or d.dispute_id = $1) and ($2::text is null or d.line_id = $2)
order by d.dispute_id desc
