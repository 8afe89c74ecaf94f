-- Owners of decisions as they stand at a watermark. $1 watermark
select decision_code, unit_code, share, valid_from, valid_to
from (select distinct on (decision_code, unit_code, valid_from) * from decision_owner where import_id <= $1
  order by decision_code, unit_code, valid_from, import_id desc) newest
where not removed order by decision_code collate "C", unit_code collate "C", valid_from
