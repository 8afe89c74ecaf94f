-- Keeps an issue of a period. $1 period, $2 version, $3 run, $4 issue that it supersedes or null, $5 one-person mode, $6 $7 head of the audit log, $8 user
insert into issue (period, version, run_id, supersedes, one_person, head_no, head_hash, issued_by)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning issue_id, issued_at
