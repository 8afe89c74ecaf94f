-- Contacts, up to a day, of customers who called in one of some months: what opens episodes, and what repeats it.
-- Outbound contacts open none. $1 first days of the months (date[]), $2 last day, $3 watermark, $4 first day
-- rows, all int8: customer_key, started_at (epoch seconds), day (since 1970), cell_no; by customer, instant, contact id
with corrected as materialized (
  select distinct contact_id from contact where started_on between $4::date and $2::date and import_id <= $3::bigint and sign = -1
),
-- Of corrected contacts the newest version stands, unless it was taken back or moved away: its import, or null. Versions
-- under another customer cancel by themselves.
standing as materialized (
  select contact_id, max(case when net > 0 then import_id end) as import_id
  from (
    select c.customer_key, c.contact_id, sum(c.sign) as net, max(c.import_id) filter (where c.sign = 1) as import_id
    from contact c join corrected using (contact_id)
    where c.started_on between $4::date and $2::date and c.import_id <= $3::bigint group by c.customer_key, c.contact_id
  ) versions
  group by contact_id
),
live as not materialized (
  select c.customer_key, c.contact_id, c.started_at, c.started_on, c.cell_no
  from contact c left join standing k on k.contact_id = c.contact_id
  where c.started_on between $4::date and $2::date and c.import_id <= $3::bigint and c.sign = 1
    and (k.contact_id is null or k.import_id = c.import_id) and c.customer_id is not null
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
