-- All periods that have a row, with their run. No parameters
select p.period, p.state, p.run_id, r.hash as run_hash, prep.login as prepared_by, appr.login as approved_by, iss.login as issued_by, p.issued_at, p.one_person
from period p left join run r on r.run_id = p.run_id
  left join app_user prep on prep.user_id = p.prepared_by
  left join app_user appr on appr.user_id = p.approved_by
  left join app_user iss on iss.user_id = p.issued_by
order by p.period
