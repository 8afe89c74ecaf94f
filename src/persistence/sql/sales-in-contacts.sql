-- What customers bought while they were in contact: sales made inside a contact, by its cell and day. A sale belongs to the
-- last contact that had begun; retention counts none of them.
-- $1 first day, $2 last day (of the contacts), $3 watermark, $4 margin rate or null, $5 reporting currency,
-- $6 factors to its minor units by 'YYYY-MM CUR' (json)
-- rows: cell_no, started_on, sales, margin_minor (null: an event without margin, or without a rate of its currency)
with corrected as materialized (
  select distinct contact_id from contact where started_on between $1::date and $2::date and import_id <= $3::bigint and sign = -1
),
-- Of corrected contacts the newest version stands, unless it was taken back or moved away: its import, or null. Versions
-- under another customer cancel by themselves.
standing as materialized (
  select contact_id, max(case when net > 0 then import_id end) as import_id
  from (
    select c.customer_key, c.contact_id, sum(c.sign) as net, max(c.import_id) filter (where c.sign = 1) as import_id
    from contact c join corrected using (contact_id)
    where c.started_on between $1::date and $2::date and c.import_id <= $3::bigint group by c.customer_key, c.contact_id
  ) versions
  group by contact_id
),
live as not materialized (
  select c.customer_key, c.contact_id, c.started_at, c.started_on, c.cell_no, c.handle_seconds
  from contact c left join standing k on k.contact_id = c.contact_id
  where c.started_on between $1::date and $2::date and c.import_id <= $3::bigint and c.sign = 1
    and (k.contact_id is null or k.import_id = c.import_id) and c.customer_id is not null
),
sale as (
  select event_id, customer_key, occurred_at, occurred_on, currency, amount_minor, margin_minor
  from revenue
  where occurred_on between $1::date and $2::date + 1 and import_id <= $3::bigint
    and kind in ('purchase', 'renewal', 'expansion') and decision_code is null
  group by event_id, customer_key, occurred_at, occurred_on, currency, amount_minor, margin_minor having sum(sign) > 0
),
inside as (
  select distinct on (s.customer_key, s.event_id) l.cell_no, l.started_on,
    round(coalesce(s.margin_minor, s.amount_minor * $4::numeric)
      * case when s.currency = $5 then 1 else ($6::jsonb ->> (to_char(s.occurred_on, 'YYYY-MM') || ' ' || s.currency))::numeric end) as margin
  from sale s join live l on l.customer_key = s.customer_key
    and s.occurred_at between l.started_at and l.started_at + l.handle_seconds * interval '1 second'
  order by s.customer_key, s.event_id, l.started_at desc, l.contact_id collate "C"
)
select cell_no, started_on, count(*)::int as sales,
  case when count(*) = count(margin) then sum(margin)::text end as margin_minor
from inside group by 1, 2 order by 1, 2
