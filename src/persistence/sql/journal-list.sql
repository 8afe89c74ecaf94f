-- Journal files of a period with their receipts, newest first. $1 period
select j.journal_no, j.issue_id, i.version, i.run_id, j.mapping, j.mapping_hash, j.content, j.sha256, j.lines, j.total_minor, u.login as made_by, j.made_at,
  r.reference, r.booked_on, r.read_at
from journal j join issue i using (issue_id) join app_user u on u.user_id = j.made_by left join journal_receipt r using (journal_no)
where i.period = $1 order by i.version desc
