-- $1 user, $2 label, $3 SHA-256 of the token, hex, $4 days until it expires -> one row: token_id, expires_at
insert into api_token (user_id, label, token_sha256, expires_at)
values ($1::bigint, $2::text, $3::text, now() + make_interval(days => $4::integer))
returning token_id, expires_at
