-- Contacts of groups of cells by day. $1 cells (int[]), $2 the group of each (int[]), $3 first day, $4 last day, $5 watermark
select r.started_on as day, g.group_no, sum(r.contacts)::text as contacts
from contact_rollup r join unnest($1::int[], $2::int[]) as g(cell_no, group_no) on g.cell_no = r.cell_no
where r.started_on between $3 and $4 and r.import_id <= $5
group by 1, 2 having sum(r.contacts) <> 0
