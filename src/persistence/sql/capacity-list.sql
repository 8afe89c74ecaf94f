-- Capacity of a period as it stands at a watermark. $1 period, $2 watermark
select pool_code, practical_seconds, fte, paid_hours, shrinkage, occupancy
from (select distinct on (pool_code) * from capacity where period = $1 and import_id <= $2 order by pool_code, import_id desc) newest
where not removed order by pool_code collate "C"
