-- Contribution margin of some customers by event: not fees, not what carries a decision, not referrals, and not what was
-- sold inside a contact of theirs, which stands apart (sales-in-contacts).
-- $1 keys (bigint[]), $2 first day, $3 last day, $4 watermark, $5 margin rate of events without a margin,
-- $6 reporting currency, $7 minor units of it for one of another currency, as JSON of "YYYY-MM CUR"
-- rows, all int8: customer_key, day (since 1970), margin in minor units (the least number: no rate), what it is
-- (1 renewal, 0 other); by customer, day
with wanted as (select distinct unnest($1::bigint[]) as customer_key),
corrected as (
  select distinct contact_id from contact
  where started_on between $2::date - 1 and $3::date and import_id <= $4::bigint and sign = -1
),
-- By the days that a contact touches: its own, and the next one where it goes on past midnight.
talk as (
  select customer_key, started_on, started_at, started_at + handle_seconds * interval '1 second' as ended_at
  from contact c
  where started_on between $2::date - 1 and $3::date and import_id <= $4::bigint and handle_seconds is not null
    and sign = 1 and customer_key is not null and not exists (select from corrected k where k.contact_id = c.contact_id)
  union all
  select customer_key, started_on, started_at, started_at + handle_seconds * interval '1 second'
  from (
    select c.*, sum(c.sign) over (partition by c.contact_id) as net,
      row_number() over (partition by c.contact_id order by c.sign desc, c.import_id desc) as newest
    from contact c join corrected using (contact_id)
    where c.started_on between $2::date - 1 and $3::date and c.import_id <= $4::bigint
  ) versions
  where net > 0 and newest = 1 and handle_seconds is not null and customer_key is not null
),
talk_day as (
  select customer_key, started_on as day, started_at, ended_at from talk
  union all
  select customer_key, started_on + 1, started_at, ended_at from talk, company
  where (ended_at at time zone company.time_zone)::date > started_on
)
select r.customer_key, (r.occurred_on - date '1970-01-01')::int8,
  coalesce(r.sign * round(coalesce(r.margin_minor, r.amount_minor * $5::numeric)
    * case when r.currency = $6 then 1 else ($7::jsonb ->> (to_char(r.occurred_on, 'YYYY-MM') || ' ' || r.currency))::numeric end),
    -9007199254740991)::int8,
  (r.kind = 'renewal')::int::int8
from revenue r join wanted using (customer_key)
where r.occurred_on between $2::date and $3::date and r.import_id <= $4::bigint
  and r.kind not in ('fee', 'referral') and r.decision_code is null
  and not exists (select from talk_day t
    where t.customer_key = r.customer_key and t.day = r.occurred_on and r.occurred_at between t.started_at and t.ended_at
      and r.kind in ('purchase', 'renewal', 'expansion'))
order by r.customer_key, r.occurred_on
