-- $1 token, $2 user who must hold it, null for anybody -> one row when there is such a token: token_id
update api_token
set revoked_at = coalesce(revoked_at, now())
where token_id = $1::bigint and ($2::bigint is null or user_id = $2::bigint)
returning token_id
