-- Digest of a period's contacts as they stand at a watermark: equal for equal content in any order, whatever import brought it.
-- Signed rows cancel, so corrections need no look-up. A sum of the server's own 64-bit row hashes: hash partitioning rests on
-- them, so they stay from release to release; a tenth of the cost of md5 of JSON.
-- $1 first day, $2 last day, $3 watermark; row: contacts, hashes (their sum)
with dimension as (
  select cell_no, hash_record_extended(row(channel, reason_code, queue, site, vendor, product, segment, language, decision_code,
    direction, escalated), 1) as hash
  from cell
),
hashed as (
  select c.sign,
    hash_record_extended(row(c.contact_id, c.started_at, c.customer_id, c.handle_seconds, c.case_id, c.transferred_from, c.resolved, c.text, d.hash), 2) as hash
  from contact c join dimension d using (cell_no)
  where c.started_on between $1::date and $2::date and c.import_id <= $3
)
select sum(sign)::text as contacts,
  (coalesce(sum(hash) filter (where sign = 1), 0) - coalesce(sum(hash) filter (where sign = -1), 0))::text as hashes
from hashed
