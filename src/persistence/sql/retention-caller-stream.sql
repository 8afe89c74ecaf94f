-- Who had contacts from one day to another: more than stand, as contacts that were corrected come, too. $1 first day, $2 last day, $3 watermark
-- rows: customer_key, cell_no
select customer_key, cell_no
from contact
where started_on between $1::date and $2::date and import_id <= $3::bigint and sign = 1 and customer_id is not null
