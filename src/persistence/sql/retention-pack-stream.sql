-- Packed facts of some customers, in any order. $1 what they are packed as, $2 first day, $3 last day, $4 watermark, $5 first
-- bucket, $6 last bucket
-- rows: whether all days of the pack are asked for, records
select first_on >= $2::date and last_on <= $3::date, records
from retention_pack
where fact = $1 and last_on >= $2::date and first_on <= $3::date and import_id <= $4::bigint
  and bucket between $5::smallint and $6::smallint
