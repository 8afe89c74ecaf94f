-- Hits of customers by decisions up to a day, signed, in any order. $1 decision codes (text[]), $2 last day, $3 watermark
-- rows: customer_key, occurred_at, occurred_on, sign, place of the decision in $1 (null: it is none of them)
select customer_key, occurred_at, occurred_on, sign, array_position($1::text[], decision_code)
from exposure where occurred_on <= $2::date and import_id <= $3::bigint
