-- Locks a period's row for a deed. $1 period; row: the period
select period, state, run_id, prepared_by, submitted_by, approved_by, issued_by, one_person from period where period = $1 for update
