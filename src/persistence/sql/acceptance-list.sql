-- Acceptances that the current role may see, of the issued statements of a period. $1 period
select a.number, a.unit_code, u.login as accepted_by, a.accepted_at
from statement_acceptance a join issued_statement s using (number) join issue i using (issue_id)
  join app_user u on u.user_id = a.accepted_by
where i.period = $1
order by a.number collate "C"
