-- Contacts as contact-stream.sql gives them, of days on which none was corrected: every row stands as it is.
-- $1 to $7 as there; rows as there
with segments as (
  select contact_id, string_agg(seconds || ' ' || reason_code, E'\n') as segments
  from (
    select contact_id, reason_code, sum(sign * handle_seconds) as seconds
    from contact_segment
    where started_on between $1::date and $2::date and import_id <= $3::bigint
    group by contact_id, reason_code having sum(sign) > 0
  ) standing
  group by contact_id
)
select c.customer_key, c.started_at, c.started_on - $1::date, c.cell_no, c.handle_seconds,
  case when cardinality($4::text[]) = 0 or c.text is null then 0
    else coalesce((select sum(1 << (p.number::int - 1)) from unnest($4::text[]) with ordinality as p(pattern, number) where c.text ~* p.pattern), 0)
  end::int,
  hashtextextended(c.case_id, 0), s.segments
from contact c left join segments s using (contact_id)
where (c.customer_key between $5::bigint and $6::bigint or ($7::boolean and c.customer_key is null)) -- first: it leaves out most
  and c.started_on between $1::date - 8 and $2::date and c.import_id <= $3::bigint and c.sign = 1
