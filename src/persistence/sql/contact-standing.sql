-- Which version stands of contacts that were taken back at some time, of a period and of the eight days before it.
-- $1 first day, $2 last day, $3 watermark, $4 their ids (text[]); rows: contact_id, import of the version (0: none stands)
select contact_id, case when sum(sign) > 0 then max(import_id) filter (where sign = 1) else 0 end
from contact
where contact_id = any ($4::text[]) and started_on between $1::date - 8 and $2::date and import_id <= $3::bigint
group by contact_id
