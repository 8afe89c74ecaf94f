-- How many packed facts there are. $1 what they are packed as, $2 first day, $3 last day, $4 watermark
-- rows: facts
select coalesce(sum(facts), 0)::float8 as facts
from retention_pack
where fact = $1 and last_on >= $2::date and first_on <= $3::date and import_id <= $4::bigint
