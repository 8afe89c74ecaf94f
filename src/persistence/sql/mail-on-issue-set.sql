-- $1 boolean
update company set mail_on_issue = $1
