-- How many packed facts there are. $1 what they are packed as, $2 first day, $3 last day, $4 watermark
-- rows: bucket, facts, bytes of their records. Narrow rows first: the records themselves would be sorted by bucket, on disk.
with packs as materialized (
  select bucket, facts, octet_length(records) as bytes
  from retention_pack
  where fact = $1 and last_on >= $2::date and first_on <= $3::date and import_id <= $4::bigint
)
select bucket, sum(facts)::float8 as facts, sum(bytes)::float8 as bytes
from packs
group by bucket
