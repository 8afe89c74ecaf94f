-- Thread of a dispute, oldest first. $1 dispute
select e.kind, e.text, u.login as by, e.written_at as at from dispute_entry e join app_user u on u.user_id = e.written_by
where e.dispute_id = $1 order by e.entry_id
