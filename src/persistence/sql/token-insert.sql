-- $1 user, $2 label, $3 SHA-256 of the token, hex, $4 days until it expires, $5 role or null, $6 units joined by | or null
-- -> one row: token_id, expires_at
insert into api_token (user_id, label, token_sha256, expires_at, role, unit_list)
values ($1::bigint, $2::text, $3::text, now() + make_interval(days => $4::integer), $5::text, string_to_array($6::text, '|'))
returning token_id, expires_at
