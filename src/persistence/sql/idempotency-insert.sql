-- Keeps an answer under a key, and forgets a few of those older than thirty days. $1 user, $2 key, $3 fingerprint, $4 status, $5 answer
with old as (
  delete from idempotency_key where ctid = any (array(
    select ctid from idempotency_key where created_at < now() - interval '30 days' limit 100 for update skip locked))
)
insert into idempotency_key (user_id, key, fingerprint, status, answer) values ($1, $2, $3, $4, $5)
