-- Leaves of the events after a number. $1 number
select leaf_hash from audit_event where event_no > $1 order by event_no
