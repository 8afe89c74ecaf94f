-- $1 SHA-256 of the token, hex; notes its use -> at most one row: user_id, login, name, role, units, disabled, held_role, held_units, usable
update api_token t
set last_used_at = now()
from app_user u
where t.token_sha256 = $1::text and u.user_id = t.user_id
returning u.user_id, u.login, u.name, u.role, u.units, u.disabled_at is not null as disabled,
  t.role as held_role, t.unit_list as held_units,
  t.revoked_at is null and t.expires_at > now() as usable
