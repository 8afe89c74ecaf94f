-- So many customers of a population, drawn by their keys, which are hashes. $1 segments as LIKE patterns (text[]) or null,
-- $2 key to begin at, $3 how many, $4 day on which they are customers, $5 watermark; rows, int8: customer_key
select customer_key
from (
  select customer_key
  from (select distinct on (customer_id) * from customer where import_id <= $5::bigint order by customer_id, import_id desc) newest
  where not removed and ($1::text[] is null or segment like any ($1::text[]))
    and coalesce(joined_on, $4::date) <= $4::date and coalesce(left_on, $4::date) >= $4::date
  group by customer_key
  order by (customer_key < $2::bigint), customer_key limit $3::bigint
) drawn
