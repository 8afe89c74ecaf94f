-- Rates of a period as they stand at a watermark. $1 period, $2 watermark
select currency, rate
from (select distinct on (currency) * from fx_rate where period = $1 and import_id <= $2 order by currency, import_id desc) newest
where not removed order by currency collate "C"
