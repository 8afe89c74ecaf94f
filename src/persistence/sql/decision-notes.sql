-- Notes on a decision that the current role may see, newest first. $1 decision
select n.note_id, n.decision_code, n.unit_code, n.text, u.login, n.written_at
from decision_note n join app_user u on u.user_id = n.written_by
where n.decision_code = $1
order by n.note_id desc
