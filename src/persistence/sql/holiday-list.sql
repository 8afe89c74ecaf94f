-- Holidays as they stand at a watermark. $1 watermark
select holiday_date as day
from (select distinct on (holiday_date) * from holiday where import_id <= $1 order by holiday_date, import_id desc) newest
where not removed order by 1
