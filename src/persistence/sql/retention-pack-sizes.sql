-- How many packed facts there are. $1 contact or revenue, $2 first day, $3 last day, $4 watermark
-- rows: bucket, facts, bytes of their records
select bucket, sum(facts)::float8 as facts, sum(octet_length(records))::float8 as bytes
from retention_pack
where fact = $1 and last_on >= $2::date and first_on <= $3::date and import_id <= $4::bigint
group by bucket
