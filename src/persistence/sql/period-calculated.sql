-- A run is the period's result; review starts anew. $1 period, $2 run, $3 user
update period set state = 'calculated', run_id = $2, prepared_by = $3, submitted_by = null, submitted_at = null,
  approved_by = null, approved_at = null, issued_by = null, issued_at = null, one_person = false
where period = $1 and state in ('open', 'calculated')
