-- Reasons as they stand at a watermark. $1 watermark
select reason_code, name, parent_code, owner_unit, demand, standard_handle_seconds
from (select distinct on (reason_code) * from reason where import_id <= $1 order by reason_code, import_id desc) newest
where not removed order by reason_code collate "C"
