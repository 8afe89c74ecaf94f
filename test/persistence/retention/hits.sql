-- Customers hit by decisions up to a day. $1 decision codes (text[]), $2 last day, $3 watermark
-- rows, all int8: customer_key, occurred_at (epoch seconds), day (since 1970), place of the decision in $1; by customer, instant, decision
select customer_key, floor(extract(epoch from occurred_at))::int8, (occurred_on - date '1970-01-01')::int8,
  array_position($1::text[], decision_code)::int8
from exposure
where occurred_on <= $2::date and import_id <= $3::bigint and decision_code = any ($1::text[])
group by customer_key, occurred_at, occurred_on, decision_code, exposure_id having sum(sign) > 0
order by customer_key, occurred_at, decision_code collate "C", exposure_id collate "C"
