-- $1 user, $2 role, $3 units joined by |, $4 disabled; a change ends the user's tokens -> one row per token that ended: token_id
with changed as (
  update app_user
  set role = $2::text, units = coalesce(string_to_array(nullif($3::text, ''), '|'), '{}'),
    disabled_at = case when $4::boolean then coalesce(disabled_at, now()) end
  where user_id = $1::bigint
  returning user_id
)
update api_token t
set revoked_at = now()
from changed
where t.user_id = changed.user_id and t.revoked_at is null
returning t.token_id
