-- Contribution margin of some customers by event: not fees, not what carries a decision, not referrals, and not what was
-- sold inside a contact of theirs, which stands apart (sales-in-contacts).
-- $1 keys (bigint[]), $2 first day, $3 last day, $4 watermark, $5 margin rate of events without a margin,
-- $6 reporting currency, $7 minor units of it for one of another currency, as JSON of "YYYY-MM CUR"
-- rows, all int8: customer_key, day (since 1970), margin in minor units (the least number: no rate), what it is
-- (1 renewal, 0 other); by customer, day
with wanted as materialized (select distinct unnest($1::bigint[]) as customer_key),
corrected as materialized (
  select distinct contact_id from contact where started_on between $2::date - 1 and $3::date and import_id <= $4::bigint and sign = -1
),
-- Of corrected contacts the newest version stands, unless it was taken back or moved away: its import, or null. Versions
-- under another customer cancel by themselves.
standing as materialized (
  select contact_id, max(case when net > 0 then import_id end) as import_id
  from (
    select c.customer_key, c.contact_id, sum(c.sign) as net, max(c.import_id) filter (where c.sign = 1) as import_id
    from contact c join corrected using (contact_id)
    where c.started_on between $2::date - 1 and $3::date and c.import_id <= $4::bigint group by c.customer_key, c.contact_id
  ) versions
  group by contact_id
),
-- By the days that a contact touches: its own, and the next one where it goes on past midnight.
talk as not materialized (
  select c.customer_key, c.started_on, c.started_at, c.started_at + c.handle_seconds * interval '1 second' as ended_at
  from contact c left join standing k on k.contact_id = c.contact_id
  where c.started_on between $2::date - 1 and $3::date and c.import_id <= $4::bigint and c.sign = 1
    and (k.contact_id is null or k.import_id = c.import_id)
    and c.handle_seconds is not null and c.customer_id is not null
),
talk_day as (
  select talk.customer_key, talk.started_on + late as day, talk.started_at, talk.ended_at
  from talk cross join company cross join generate_series(0, 1) as late
  where late = 0 or (talk.ended_at at time zone company.time_zone)::date > talk.started_on
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
