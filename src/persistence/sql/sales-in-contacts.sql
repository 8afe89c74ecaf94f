-- What customers bought while they were in contact: sales made inside a contact, by its cell and day. A sale belongs to the
-- last contact that had begun; retention counts none of them.
-- $1 first day, $2 last day (of the contacts), $3 watermark, $4 margin rate or null, $5 reporting currency,
-- $6 factors to its minor units by 'YYYY-MM CUR' (json)
-- rows: cell_no, started_on, sales, margin_minor (null: an event without margin, or without a rate of its currency)
with corrected as (
  select distinct contact_id from contact where started_on between $1::date and $2::date and import_id <= $3::bigint and sign = -1
),
live as (
  select c.contact_id, c.started_at, c.started_on, c.customer_key, c.cell_no, c.handle_seconds
  from contact c
  where c.started_on between $1::date and $2::date and c.import_id <= $3::bigint and c.sign = 1
    and not exists (select from corrected k where k.contact_id = c.contact_id)
  union all
  select contact_id, started_at, started_on, customer_key, cell_no, handle_seconds
  from (
    select c.*, sum(c.sign) over (partition by c.contact_id) as net,
      row_number() over (partition by c.contact_id order by c.sign desc, c.import_id desc) as newest
    from contact c join corrected using (contact_id)
    where c.started_on between $1::date and $2::date and c.import_id <= $3::bigint
  ) versions
  where net > 0 and newest = 1
),
sale as (
  select event_id, customer_key, occurred_at, occurred_on, currency, amount_minor, margin_minor
  from revenue
  where occurred_on between $1::date and $2::date + 1 and import_id <= $3::bigint
    and kind in ('purchase', 'renewal', 'expansion') and decision_code is null
  group by event_id, customer_key, occurred_at, occurred_on, currency, amount_minor, margin_minor having sum(sign) > 0
),
inside as (
  select distinct on (s.event_id) l.cell_no, l.started_on,
    round(coalesce(s.margin_minor, s.amount_minor * $4::numeric)
      * case when s.currency = $5 then 1 else ($6::jsonb ->> (to_char(s.occurred_on, 'YYYY-MM') || ' ' || s.currency))::numeric end) as margin
  from sale s join live l on l.customer_key = s.customer_key
    and s.occurred_at between l.started_at and l.started_at + l.handle_seconds * interval '1 second'
  order by s.event_id, l.started_at desc, l.contact_id collate "C"
)
select cell_no, started_on, count(*)::int as sales,
  case when count(*) = count(margin) then sum(margin)::text end as margin_minor
from inside group by 1, 2 order by 1, 2
