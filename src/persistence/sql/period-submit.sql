-- Hands a calculated period in for review. $1 period, $2 user
update period set state = 'in_review', submitted_by = $2, submitted_at = now() where period = $1 and state = 'calculated' returning period
