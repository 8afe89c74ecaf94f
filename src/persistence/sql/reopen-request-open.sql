-- The newest request to reopen an issue. $1 issue
select q.request_id, q.reason, q.requested_by, u.login from reopen_request q join app_user u on u.user_id = q.requested_by
where q.issue_id = $1 order by q.request_id desc limit 1
