-- What is known of some customers, one row a key. $1 keys (bigint[]), $2 watermark, $3 segments by number (text[])
-- rows, all int8: customer_key, joined (day since 1970 or the least number), left (first day no longer a customer, or the
-- greatest number), place of the segment in $3 or 0, monthly margin in minor units of its currency or -1; by customer
with wanted as (select distinct unnest($1::bigint[]) as customer_key),
newest as (
  select distinct on (customer_id) * from customer join wanted using (customer_key)
  where import_id <= $2::bigint order by customer_id, import_id desc
),
standing as (select distinct on (customer_key) * from newest where not removed order by customer_key, customer_id)
select customer_key, coalesce(s.joined_on - date '1970-01-01', -1000000)::int8,
  coalesce(s.left_on - date '1970-01-01' + 1, 1000000)::int8,
  coalesce(array_position($3::text[], s.segment), 0)::int8,
  coalesce(s.monthly_margin_minor, -1)::int8
from wanted left join standing s using (customer_key)
order by customer_key
