-- A contact's newest version and where it came from. $1 contact_id
with version as materialized (select * from contact where contact_id = $1)
select v.contact_id, v.started_at, v.started_on, v.customer_id, v.case_id, v.handle_seconds, v.cell_no, v.import_id, v.line, i.file_name
from version v join import i using (import_id)
where v.sign = 1 and (select sum(sign) from version) > 0
order by v.import_id desc limit 1
