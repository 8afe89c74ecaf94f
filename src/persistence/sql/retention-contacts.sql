-- Contacts, up to a day, of customers who called in one of some months: what opens episodes, and what repeats it.
-- Outbound contacts open none. $1 first days of the months (date[]), $2 last day, $3 watermark, $4 first day
-- rows, all int8: customer_key, started_at (epoch seconds), day (since 1970), cell_no; by customer, instant, contact id
with corrected as materialized (
  select distinct contact_id from contact where started_on between $4::date and $2::date and import_id <= $3::bigint and sign = -1
),
live as not materialized (
  select c.contact_id, c.started_at, c.started_on, c.customer_key, c.cell_no
  from contact c
  where c.started_on between $4::date and $2::date and c.import_id <= $3::bigint and c.sign = 1 and c.customer_id is not null
    and not exists (select from corrected k where k.contact_id = c.contact_id)
  union all
  select contact_id, started_at, started_on, customer_key, cell_no
  from (
    select c.*, sum(c.sign) over (partition by c.customer_key, c.contact_id) as net,
      row_number() over (partition by c.customer_key, c.contact_id order by c.sign desc, c.import_id desc) as newest
    from contact c join corrected using (contact_id)
    where c.started_on between $4::date and $2::date and c.import_id <= $3::bigint
  ) versions
  where net > 0 and newest = 1 and customer_id is not null
),
inbound as not materialized (
  select l.* from live l join cell d using (cell_no) where d.direction is distinct from 'outbound'
),
wanted as not materialized (
  select distinct customer_key from inbound
  where started_on >= (select min(month) from unnest($1::date[]) month)
    and started_on < (select max(month) from unnest($1::date[]) month)::timestamp + interval '1 month'
    and date_trunc('month', started_on::timestamp)::date = any ($1::date[])
)
select i.customer_key, floor(extract(epoch from i.started_at))::int8, (i.started_on - date '1970-01-01')::int8, i.cell_no::int8
from inbound i join wanted using (customer_key)
order by i.customer_key, i.started_at, i.contact_id collate "C"
