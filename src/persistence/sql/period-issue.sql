-- Issues and closes an approved period. $1 period, $2 user, $3 one-person mode
update period set state = 'closed', issued_by = $2, issued_at = now(), one_person = $3 where period = $1 and state = 'approved' returning period
