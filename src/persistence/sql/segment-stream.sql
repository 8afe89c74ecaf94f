-- Contacts of a period that have several reasons. $1 first day, $2 last day, $3 watermark
-- rows: contact_id, segments ("seconds reason" of each, by line)
select contact_id, string_agg(seconds || ' ' || reason_code, E'\n')
from (
  select contact_id, reason_code, sum(sign * handle_seconds) as seconds
  from contact_segment
  where started_on between $1::date and $2::date and import_id <= $3::bigint
  group by contact_id, reason_code having sum(sign) > 0
) standing
group by contact_id
