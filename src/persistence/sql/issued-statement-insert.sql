-- Keeps an issued statement. $1 number, $2 issue, $3 run, $4 unit, $5 version, $6 sha256, $7 event, $8 number that it supersedes or null
insert into issued_statement (number, issue_id, run_id, unit_code, version, sha256, event_no, supersedes) values ($1, $2, $3, $4, $5, $6, $7, $8)
