-- $1 user, null for all -> one row per token, newest first: token_id, login, label, created_at, expires_at, last_used_at, role, units, state
select t.token_id, u.login, t.label, t.created_at, t.expires_at, t.last_used_at, t.role, t.unit_list as units,
  case when t.revoked_at is not null then 'revoked' when t.expires_at <= now() then 'expired'
    when u.disabled_at is not null then 'user disabled' else 'good' end as state
from api_token t join app_user u using (user_id)
where $1::bigint is null or t.user_id = $1::bigint
order by t.token_id desc
