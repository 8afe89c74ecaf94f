-- Contacts with a case that were not escalated, of a period and of the eight days before it, as they stand at a watermark: a
-- later contact of the case is a repeat. In any order. $1 first day, $2 last day, $3 watermark, $4 whether any contact of these days was corrected; rows: hash of the case, started_at
with corrected as (
  select distinct contact_id from contact
  where $4::boolean and started_on between $1::date - 8 and $2::date and import_id <= $3::bigint and sign = -1
)
select hashtextextended(c.case_id, 0), c.started_at
from contact c join cell d using (cell_no)
where c.started_on between $1::date - 8 and $2::date and c.import_id <= $3::bigint and c.sign = 1
  and c.case_id is not null and not d.escalated
  and not exists (select from corrected k where k.contact_id = c.contact_id)
union all
select hashtextextended(v.case_id, 0), v.started_at
from (
  select c.*, sum(c.sign) over (partition by c.contact_id) as net,
    row_number() over (partition by c.contact_id order by c.sign desc, c.import_id desc) as newest
  from contact c join corrected using (contact_id)
  where c.started_on between $1::date - 8 and $2::date and c.import_id <= $3::bigint
) v join cell d using (cell_no)
where v.net > 0 and v.newest = 1 and v.case_id is not null and not d.escalated
