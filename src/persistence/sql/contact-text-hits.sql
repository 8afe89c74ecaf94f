-- Contacts of a period whose texts some patterns match. $1 first day, $2 last day, $3 watermark, $4 patterns (text[])
-- rows: contact_id, import_id, hits (bit per pattern)
select contact_id, import_id, hits
from (
  select c.contact_id, c.import_id,
    (select sum(1 << (p.number::int - 1)) from unnest($4::text[]) with ordinality as p(pattern, number) where c.text ~* p.pattern)::int as hits
  from contact c
  where c.text is not null and c.started_on between $1::date and $2::date and c.import_id <= $3::bigint and c.sign = 1
) found
where hits is not null
