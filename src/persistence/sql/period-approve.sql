-- Approves a period in review. $1 period, $2 user, $3 one-person mode
update period set state = 'approved', approved_by = $2, approved_at = now(), one_person = $3 where period = $1 and state = 'in_review' returning period
