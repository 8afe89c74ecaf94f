-- Contacts of a period and of the eight days before it, as they stand at a watermark, for the kernel of a close; in any order.
-- $1 first day, $2 last day, $3 watermark, $4 text patterns (text[]), $5 and $6 least and greatest customer key, $7 whether contacts without customer come, too
-- rows: customer_key, started_at, day (days since $1), cell_no, handle_seconds, marks (bit per pattern; bit 30: a repeat within its case), segments ("seconds reason" of each, by line)
with
corrected as (
  select distinct contact_id from contact
  where started_on between $1::date - 8 and $2::date and import_id <= $3::bigint and sign = -1
),
-- not materialized: a second scan for the cases is cheaper than keeping every row
live as not materialized (
  select c.contact_id, c.started_at, c.started_on, c.customer_key, c.case_id, c.cell_no, c.handle_seconds, c.text
  from contact c
  where c.started_on between $1::date - 8 and $2::date and c.import_id <= $3::bigint and c.sign = 1
    and not exists (select from corrected k where k.contact_id = c.contact_id)
  union all
  select contact_id, started_at, started_on, customer_key, case_id, cell_no, handle_seconds, text
  from (
    select c.*, sum(c.sign) over (partition by c.contact_id) as net,
      row_number() over (partition by c.contact_id order by c.sign desc, c.import_id desc) as newest
    from contact c join corrected using (contact_id)
    where c.started_on between $1::date - 8 and $2::date and c.import_id <= $3::bigint
  ) versions
  where net > 0 and newest = 1
),
again as (
  select contact_id from (
    select l.contact_id, count(*) filter (where not d.escalated) over (partition by l.case_id order by l.started_at
      range between interval '168 hours' preceding and interval '1 microsecond' preceding) as earlier
    from live l join cell d using (cell_no) where l.case_id is not null
  ) cased
  where earlier > 0
),
segment as (
  select contact_id, seconds || ' ' || reason_code as line
  from (
    select contact_id, reason_code, sum(sign * handle_seconds) as seconds
    from contact_segment
    where started_on between $1::date and $2::date and import_id <= $3::bigint
    group by contact_id, reason_code having sum(sign) > 0
  ) standing
),
extra as (
  select contact_id, string_agg(line, E'\n') as segments, bool_or(again) as again
  from (select contact_id, line, false as again from segment union all select contact_id, null, true from again) both_kinds
  group by contact_id
)
select l.customer_key, l.started_at, l.started_on - $1::date, l.cell_no, l.handle_seconds,
  case when l.text is null then 0
    else coalesce((select sum(1 << (p.number::int - 1)) from unnest($4::text[]) with ordinality as p(pattern, number) where l.text ~* p.pattern), 0)
  end::int + case when x.again then 1 << 30 else 0 end,
  x.segments
from live l left join extra x using (contact_id)
where l.customer_key between $5::bigint and $6::bigint or ($7::boolean and l.customer_key is null)
