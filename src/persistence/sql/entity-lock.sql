-- Until the transaction ends nobody else edits an entity that asks so, too. $1 entity
select pg_advisory_xact_lock(hashtextextended('answerable entity ' || $1::text, 0))
