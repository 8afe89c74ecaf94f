-- Newest events of the audit log, newest first. $1 key of an object or null, $2 deed or null, $3 login or null, $4 how many
select event_no, body, leaf_hash, prev_hash, hash from audit_event
where ($1::text is null or object_key = $1) and ($2::text is null or deed = $2) and ($3::text is null or actor = $3)
order by event_no desc limit $4
