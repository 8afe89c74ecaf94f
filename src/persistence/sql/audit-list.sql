-- Events of the audit log after a number, in order. $1 number, $2 key of an object or null, $3 deed or null, $4 login or null, $5 how many
select event_no, body, leaf_hash, prev_hash, hash from audit_event
where event_no > $1 and ($2::text is null or object_key = $2) and ($3::text is null or deed = $3) and ($4::text is null or actor = $4)
order by event_no limit $5
