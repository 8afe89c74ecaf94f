-- What is known of all customers, every version of them, in any order. $1 watermark
-- rows: customer_key, import_id, joined_on, left_on, monthly_margin_minor, removed, segment
select customer_key, import_id, joined_on, left_on, monthly_margin_minor, removed, segment
from customer where import_id <= $1::bigint
