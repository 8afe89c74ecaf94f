-- Contacts of some customers, signed, in any order. The customers are a bit each, by the lowest bits of their keys: some
-- others slip through. $1 first day, $2 last day, $3 watermark, $4 bits in hexadecimal digits, $5 mask of the bits' numbers
-- rows: customer_key, started_at, started_on, cell_no, import_id times sign, handle_seconds, contact_id
select customer_key, started_at, started_on, cell_no, import_id * sign, handle_seconds, contact_id
from contact
where started_on between $1::date and $2::date and import_id <= $3::bigint and customer_id is not null
  and get_bit(decode($4::text, 'hex'), customer_key & $5::bigint) = 1
