-- Channels, vendors and sites that had contacts in each of some months and have none in this one.
-- $1 first days of the months (date[]), $2 first day of this one, $3 watermark
with sums as (
  select date_trunc('month', r.started_on)::date as month, d.channel, d.vendor, d.site
  from contact_rollup r join cell d using (cell_no)
  where r.import_id <= $3 and date_trunc('month', r.started_on)::date = any ($1::date[] || $2::date)
    and r.started_on >= (select min(day) from unnest($1::date[]) day)
  group by 1, 2, 3, 4 having sum(r.contacts) > 0
)
select dimension, value from sums cross join lateral (values ('channel', channel), ('vendor', vendor), ('site', site)) as v(dimension, value)
where value is not null
group by dimension, value
having count(distinct month) filter (where month <> $2::date) = cardinality($1::date[]) and not bool_or(month = $2::date)
order by dimension, value collate "C"
