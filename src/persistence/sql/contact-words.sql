-- Masked words of contacts as they stand, newest contacts first. $1 contact ids, $2 at most
with version as materialized (select contact_id, started_on, import_id, sign, text from contact where contact_id = any ($1))
select c.contact_id, c.started_on, c.text
from (
  select distinct on (contact_id) contact_id, started_on, text from version where sign = 1 order by contact_id, import_id desc
) c
where c.text is not null and (select sum(sign) from version v where v.contact_id = c.contact_id) > 0
order by c.started_on desc, c.contact_id collate "C" limit $2
