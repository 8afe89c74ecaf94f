-- Units as they stand at a watermark. $1 watermark
select unit_code, name, parent_code, cost_center, owner_email, kind, legal_entity, successor, valid_from, valid_to
from (select distinct on (unit_code, valid_from) * from unit where import_id <= $1 order by unit_code, valid_from, import_id desc) newest
where not removed order by unit_code collate "C", valid_from
