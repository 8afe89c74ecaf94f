-- The answer kept under a key. $1 user, $2 key -> at most one row
select fingerprint, status, answer from idempotency_key where user_id = $1 and key = $2
