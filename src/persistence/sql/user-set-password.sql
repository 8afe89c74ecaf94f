-- $1 user, $2 hash
update app_user set password_hash = $2 where user_id = $1
