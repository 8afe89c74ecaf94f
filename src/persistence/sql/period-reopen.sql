-- Takes a period back to calculated. $1 period
update period set state = 'calculated', submitted_by = null, submitted_at = null, approved_by = null, approved_at = null, issued_by = null, issued_at = null,
  one_person = false
where period = $1 returning period
