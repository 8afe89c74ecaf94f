-- Who prepared, handed in, approved and issued a run, and when. $1 run
-- The later deeds are those of the period while it stands on this run.
select prep.login as prepared_by, r.created_at as prepared_at,
  sub.login as submitted_by, p.submitted_at, appr.login as approved_by, p.approved_at, iss.login as issued_by, p.issued_at
from run r
  left join period p on p.run_id = r.run_id
  left join app_user prep on prep.user_id = r.prepared_by
  left join app_user sub on sub.user_id = p.submitted_by
  left join app_user appr on appr.user_id = p.approved_by
  left join app_user iss on iss.user_id = p.issued_by
where r.run_id = $1
