-- Corrections with who asked and who approved, newest first. $1 correction or null
select c.correction_id, c.charge_period, c.unit_code, c.counter_unit, c.decision_code, c.reason_code, c.amount_minor, c.reverses, c.reason,
  c.requested_by as requested_by_id, q.login as requested_by, c.requested_at, u.login as approved_by, a.approved_at,
  (select back.correction_id from correction back where back.reverses = c.correction_id) as reversed_by
from correction c join app_user q on q.user_id = c.requested_by
  left join correction_approval a using (correction_id) left join app_user u on u.user_id = a.approved_by
where $1::bigint is null or c.correction_id = $1
order by c.correction_id desc
