-- Customer-days of a month: of all customers of a population, and of those of them who were hit in the last days.
-- $1 first day, $2 last day, $3 decision, $4 days after a hit, $5 segments of the population as LIKE patterns (text[]) or null, $6 watermark
with person as (
  select customer_key, daterange(greatest(joined_on, $1::date), least(coalesce(left_on, $2::date), $2::date) + 1) as lived
  from (select distinct on (customer_id) * from customer where import_id <= $6 order by customer_id, import_id desc) newest
  where not removed and ($5::text[] is null or segment like any ($5::text[]))
    and coalesce(joined_on, $1::date) <= $2::date and coalesce(left_on, $2::date) >= $1::date
),
hit as (
  select customer_key, occurred_on from exposure
  where decision_code = $3 and occurred_on between $1::date - $4::int and $2::date and import_id <= $6
  group by customer_key, occurred_on, exposure_id having sum(sign) > 0
),
covered as (
  select p.customer_key, range_agg(daterange(h.occurred_on, h.occurred_on + $4::int)) * datemultirange(p.lived) as days
  from person p join hit h using (customer_key) group by p.customer_key, p.lived
)
select coalesce((select sum(upper(stretch) - lower(stretch)) from covered, unnest(days) as stretch), 0)::text as hit,
  coalesce((select sum(upper(lived) - lower(lived)) from person where not isempty(lived)), 0)::text as all_days
