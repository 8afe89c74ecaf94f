-- Whether nobody else is at work under a key; until the transaction ends nobody will be. $1 user, $2 key
select pg_try_advisory_xact_lock(hashtextextended('answerable key ' || $1::text || ' ' || $2::text, 0)) as free
