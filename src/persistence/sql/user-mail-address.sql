-- $1 user, $2 address or null
update app_user set mail_address = $2::text where user_id = $1::bigint
