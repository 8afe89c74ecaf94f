-- Refunds with a decision's code by local day and currency at a watermark; a refund is negative revenue.
-- $1 decision, $2 first day, $3 last day, $4 watermark
select occurred_on as day, currency, (-sum(sign * amount_minor))::text as refunded
from revenue where kind = 'refund' and decision_code = $1 and occurred_on between $2::date and $3::date and import_id <= $4
group by 1, 2 order by 1, 2
