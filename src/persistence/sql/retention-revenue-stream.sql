-- Revenue of some customers, signed, in any order. The customers are a bit each, by the lowest bits of their keys: some
-- others slip through. $1 first day, $2 last day, $3 watermark, $4 bits in hexadecimal digits, $5 mask of the bits' numbers,
-- $6 reporting currency
-- rows: customer_key, occurred_at, occurred_on, kind (null: it carries a decision), margin times sign (null: not stated),
-- amount times sign where no margin is stated, currency where it is another
select customer_key, occurred_at, occurred_on, case when decision_code is null then kind end, margin_minor * sign,
  case when margin_minor is null then amount_minor * sign end, nullif(currency, $6)
from revenue
where occurred_on between $1::date and $2::date and import_id <= $3::bigint
  and get_bit(decode($4::text, 'hex'), customer_key & $5::bigint) = 1
