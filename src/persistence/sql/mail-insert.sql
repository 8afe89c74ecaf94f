-- $1 number of the statement, $2 user, $3 job
insert into statement_mail (number, user_id, job_id) values ($1, $2, $3)
