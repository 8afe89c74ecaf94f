-- Asks for a closed period to be opened again. $1 issue, $2 reason, $3 user
insert into reopen_request (issue_id, reason, requested_by) values ($1, $2, $3) returning request_id
