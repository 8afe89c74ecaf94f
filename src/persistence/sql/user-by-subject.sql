-- $1 issuer and subject of OpenID Connect, in one -> at most one row: user_id, login, name, role, units, disabled
select user_id, login, name, role, units, disabled_at is not null as disabled from app_user where oidc_subject = $1
