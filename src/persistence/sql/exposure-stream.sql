-- Hits of a period's customers for the kernel of a close: exposures as they stand at a watermark, in any order.
-- $1 first day, $2 last day, $3 watermark, $4 days that a hit counts, $5 decisions (text[]) or null for all, $6 and $7 least and greatest customer key
-- rows: customer_key, occurred_at, day (days since $1, negative before), decision_code
with changing as ( -- imports that changed or took back exposures of these months: usually none, and then nothing is looked for
  select from import i
  where i.kind = 'exposures' and i.import_id <= $3::bigint and (i.rows_changed > 0 or i.undoes is not null)
    and exists (select from jsonb_array_elements_text(i.totals -> 'periods') as month
      where month between to_char($1::date - $4::int - 1, 'YYYY-MM') and to_char($2::date, 'YYYY-MM'))
),
corrected as (
  select distinct exposure_id from exposure
  where (select exists (select from changing)) and occurred_on between $1::date - $4::int - 1 and $2::date and import_id <= $3::bigint and sign = -1
)
select customer_key, occurred_at, occurred_on - $1::date, decision_code
from exposure e
where occurred_on between $1::date - $4::int - 1 and $2::date and import_id <= $3::bigint and sign = 1
  and customer_key between $6::bigint and $7::bigint and ($5::text[] is null or decision_code = any ($5::text[]))
  and not exists (select from corrected k where k.exposure_id = e.exposure_id)
union all
select customer_key, occurred_at, occurred_on - $1::date, decision_code
from exposure join corrected using (exposure_id)
where occurred_on between $1::date - $4::int - 1 and $2::date and import_id <= $3::bigint
  and customer_key between $6::bigint and $7::bigint and ($5::text[] is null or decision_code = any ($5::text[]))
group by customer_key, decision_code, occurred_at, occurred_on, exposure_id having sum(sign) > 0
