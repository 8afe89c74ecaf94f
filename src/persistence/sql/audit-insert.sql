-- Appends an event to the audit log. $1 number, $2 canonical body, $3 leaf, $4 hash before, $5 hash
insert into audit_event (event_no, body, leaf_hash, prev_hash, hash) values ($1, $2, $3, $4, $5)
