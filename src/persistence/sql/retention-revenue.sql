-- Contribution margin of some customers by event: not fees, not what carries a decision, not referrals.
-- $1 keys (bigint[]), $2 first day, $3 last day, $4 watermark, $5 margin rate of events without a margin,
-- $6 reporting currency, $7 minor units of it for one of another currency, as JSON of "YYYY-MM CUR"
-- rows, all int8: customer_key, day (since 1970), margin in minor units (the least number: no rate), what it is
-- (1 renewal, 0 other); by customer, day
with wanted as (select distinct unnest($1::bigint[]) as customer_key)
select r.customer_key, (r.occurred_on - date '1970-01-01')::int8,
  coalesce(r.sign * round(coalesce(r.margin_minor, r.amount_minor * $5::numeric)
    * case when r.currency = $6 then 1 else ($7::jsonb ->> (to_char(r.occurred_on, 'YYYY-MM') || ' ' || r.currency))::numeric end),
    -9007199254740991)::int8,
  (r.kind = 'renewal')::int::int8
from revenue r join wanted using (customer_key)
where r.occurred_on between $2::date and $3::date and r.import_id <= $4::bigint
  and r.kind not in ('fee', 'referral') and r.decision_code is null
order by r.customer_key, r.occurred_on
