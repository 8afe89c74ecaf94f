-- Exposures of a decision by local day and currency at a watermark. $1 decision, $2 first day, $3 last day, $4 watermark
select occurred_on as day, coalesce(currency, '') as currency, sum(sign)::text as exposures,
  coalesce(sum(sign * amount_minor), 0)::text as billed, coalesce(sum(sign * waived_minor), 0)::text as waived
from exposure where decision_code = $1 and occurred_on between $2::date and $3::date and import_id <= $4
group by 1, 2 having sum(sign) <> 0 or sum(sign * amount_minor) <> 0 order by 1, 2
