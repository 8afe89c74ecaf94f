-- Contacts of a period and of the eight days before it, as they stand at a watermark, for the kernel of a close; in any order.
-- Some of these days may have been corrected; of others contact-stream-uncorrected.sql gives the same for less.
-- $1 first day, $2 last day, $3 watermark, $4 text patterns (text[]), $5 and $6 least and greatest customer key, $7 whether contacts without customer come, too
-- rows: customer_key, started_at, day (days since $1), cell_no, handle_seconds, hits (bit per pattern), hash of the case, segments ("seconds reason" of each, by line)
with
corrected as (
  select distinct contact_id from contact
  where started_on between $1::date - 8 and $2::date and import_id <= $3::bigint and sign = -1
),
live as (
  select c.contact_id, c.started_at, c.started_on, c.customer_key, c.case_id, c.cell_no, c.handle_seconds, c.text
  from contact c
  where (c.customer_key between $5::bigint and $6::bigint or ($7::boolean and c.customer_key is null)) -- first: it leaves out most
    and c.started_on between $1::date - 8 and $2::date and c.import_id <= $3::bigint and c.sign = 1
    and not exists (select from corrected k where k.contact_id = c.contact_id)
  union all
  select contact_id, started_at, started_on, customer_key, case_id, cell_no, handle_seconds, text
  from (
    select c.*, sum(c.sign) over (partition by c.contact_id) as net,
      row_number() over (partition by c.contact_id order by c.sign desc, c.import_id desc) as newest
    from contact c join corrected using (contact_id)
    where c.started_on between $1::date - 8 and $2::date and c.import_id <= $3::bigint
  ) versions
  where net > 0 and newest = 1 and (customer_key between $5::bigint and $6::bigint or ($7::boolean and customer_key is null))
),
segments as (
  select contact_id, string_agg(seconds || ' ' || reason_code, E'\n') as segments
  from (
    select contact_id, reason_code, sum(sign * handle_seconds) as seconds
    from contact_segment
    where started_on between $1::date and $2::date and import_id <= $3::bigint
    group by contact_id, reason_code having sum(sign) > 0
  ) standing
  group by contact_id
)
select l.customer_key, l.started_at, l.started_on - $1::date, l.cell_no, l.handle_seconds,
  case when l.text is null then 0
    else coalesce((select sum(1 << (p.number::int - 1)) from unnest($4::text[]) with ordinality as p(pattern, number) where l.text ~* p.pattern), 0)
  end::int,
  hashtextextended(l.case_id, 0), s.segments
from live l left join segments s using (contact_id)
