-- Customer-days of a month: of all customers of a population, and of those of them who were hit in the last days.
-- $1 first day, $2 last day, $3 decision, $4 days after a hit, $5 segments of the population as LIKE patterns (text[]) or null, $6 watermark
with
-- Imports that may have brought a newer version of a customer, or a customer that was taken back: usually none, and then
-- every row is the newest and nothing has to be sorted.
newer_import as (
  select import_id from import i
  where kind = 'customers' and import_id <= $6
    and (rows_changed > 0 or undoes is not null
      or exists (select from import u where u.kind = 'customers' and u.undoes is not null and u.import_id < i.import_id))
),
newest as (
  select customer_key, joined_on, left_on, segment from customer
  where import_id <= $6 and not removed and not exists (select from newer_import)
  union all
  select customer_key, joined_on, left_on, segment
  from (select distinct on (customer_id) * from customer where import_id <= $6 order by customer_id, import_id desc) version
  where not removed and exists (select from newer_import)
),
person as materialized (
  select customer_key, greatest(joined_on, $1::date) as since, least(left_on, $2::date) as until
  from newest
  where ($5::text[] is null or segment like any ($5::text[]))
    and greatest(joined_on, $1::date) <= least(left_on, $2::date)
),
-- Days on which somebody was hit; what was taken back or corrected takes its own row off.
exposed as (
  select customer_key, occurred_on from exposure
  where decision_code = $3 and occurred_on between $1::date - $4::int and $2::date and import_id <= $6
  group by customer_key, occurred_on having sum(sign) > 0
),
-- Stretches that each begin with a hit and end before the next one, so that no day is counted twice.
stretch as (
  select customer_key, occurred_on as first,
    least(occurred_on + $4::int, lead(occurred_on) over (partition by customer_key order by occurred_on)) as behind
  from exposed
),
-- Each by itself: who was hit is summed where the customer is, everybody where the customers are kept.
hit as materialized (
  select sum(greatest(least(s.behind, p.until + 1) - greatest(s.first, p.since), 0)) as days
  from stretch s join person p using (customer_key)
),
everybody as materialized (select sum(until - since + 1) as days from person)
select coalesce(hit.days, 0)::text as hit, coalesce(everybody.days, 0)::text as all_days from hit cross join everybody
