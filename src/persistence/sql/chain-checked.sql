-- Somebody found the whole audit log as it should be. $1 number of its newest event, $2 user
insert into chain_check (event_no, checked_by) values ($1, $2)
