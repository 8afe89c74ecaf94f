-- Issues and closes an approved period. $1 period, $2 user
update period set state = 'closed', issued_by = $2, issued_at = now() where period = $1 and state = 'approved' returning period
