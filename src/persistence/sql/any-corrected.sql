-- Whether any contact of a period, or of the eight days before it, was corrected up to a watermark.
-- $1 first day, $2 last day, $3 watermark
select exists (
  select from contact where started_on between $1::date - 8 and $2::date and import_id <= $3::bigint and sign = -1
) as corrected
