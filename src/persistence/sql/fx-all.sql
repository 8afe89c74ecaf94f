-- Rates of some periods at a watermark. $1 first period, $2 last period, $3 watermark
select period, currency, rate from (select distinct on (period, currency) * from fx_rate
  where period between $1 and $2 and import_id <= $3 order by period, currency, import_id desc) newest where not removed
