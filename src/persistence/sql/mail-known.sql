-- Mails of a period's issued statements that were sent or are on their way. $1 period -> one row each: number, user_id
select m.number, m.user_id
from statement_mail m join issued_statement s using (number) join issue i using (issue_id) join job j using (job_id)
where i.period = $1 and j.state <> 'failed'
