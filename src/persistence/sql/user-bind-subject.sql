-- Binds a user who is bound to nobody yet. $1 login, $2 issuer and subject -> the user's login
update app_user set oidc_subject = $2 where lower(login) = lower($1::text) and oidc_subject is null and disabled_at is null
returning login
