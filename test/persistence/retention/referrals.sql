-- Whom customers referred. $1 first day, $2 last day, $3 watermark
-- rows, all int8: customer_key, day (since 1970), key of the customer who came, as its high and low 32 bits; by customer, day
select customer_key, (occurred_on - date '1970-01-01')::int8, (referred_customer_key >> 32)::int8,
  (referred_customer_key & 4294967295)::int8
from revenue
where kind = 'referral' and referred_customer_key is not null
  and occurred_on between $1::date and $2::date and import_id <= $3::bigint
group by customer_key, occurred_on, referred_customer_key having sum(sign) > 0
order by customer_key, occurred_on, referred_customer_key
