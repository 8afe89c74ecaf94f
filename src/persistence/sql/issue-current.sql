-- The standing issue of a period: the one that nothing supersedes. $1 period
select i.issue_id, i.period, i.version, i.run_id, i.one_person, i.head_no, i.head_hash, i.issued_by, i.issued_at
from issue i where i.period = $1 and not exists (select from issue later where later.supersedes = i.issue_id)
