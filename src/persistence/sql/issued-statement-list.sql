-- Issued statements of a period that the current role may see, newest version first, linked both ways.
-- $1 period, $2 run or null for all versions, $3 unit or null for all
select s.number, s.unit_code, s.version, s.run_id, s.sha256, s.event_no, s.supersedes, later.number as superseded_by,
  i.head_no, i.head_hash, i.issued_at, i.one_person, u.login as issued_by, d.document, d.hash_scheme
from issued_statement s join issue i using (issue_id) join app_user u on u.user_id = i.issued_by
  join statement d on d.run_id = s.run_id and d.unit_code = s.unit_code
  left join issued_statement later on later.supersedes = s.number
where i.period = $1 and ($2::bigint is null or s.run_id = $2) and ($3::text is null or s.unit_code = $3)
order by s.version desc, s.unit_code collate "C"
