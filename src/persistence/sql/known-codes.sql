-- Codes that rows may name. No parameters; rows: noun, code of what is not removed
select 'unit' as noun, unit_code as code
from (select distinct on (unit_code, valid_from) unit_code, removed from unit order by unit_code, valid_from, import_id desc) u
where not removed group by unit_code
union all
select 'reason', reason_code
from (select distinct on (reason_code) reason_code, removed from reason order by reason_code, import_id desc) r
where not removed
union all
select 'decision', decision_code
from (select distinct on (decision_code) decision_code, removed from decision order by decision_code, import_id desc) d
where not removed
union all
select 'instrument', instrument
from (select distinct on (instrument) instrument, removed from instrument order by instrument, import_id desc) i
where not removed
