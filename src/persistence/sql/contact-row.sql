-- A contact's newest version and where it came from. $1 contact_id
select c.contact_id, c.started_at, c.started_on, c.customer_id, c.case_id, c.handle_seconds, c.cell_no, c.import_id, c.line, i.file_name
from contact c join import i using (import_id)
where c.contact_id = $1 and c.sign = 1 and (select sum(sign) from contact where contact_id = $1) > 0
order by c.import_id desc limit 1
