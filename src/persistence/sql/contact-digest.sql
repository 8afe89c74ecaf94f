-- Digest of a period's contacts as they stand at a watermark: equal for equal content in any order, whatever import brought it.
-- Signed rows cancel, so corrections need no look-up. 128 bits, as two sums of halves of md5.
-- $1 first day, $2 last day, $3 watermark; row: contacts, high, low
select sum(sign)::text as contacts,
  coalesce(sum(sign * ('x' || substr(digest, 1, 16))::bit(64)::bigint::numeric), 0)::text as high,
  coalesce(sum(sign * ('x' || substr(digest, 17, 16))::bit(64)::bigint::numeric), 0)::text as low
from (
  select c.sign, md5(jsonb_build_array(c.contact_id, extract(epoch from c.started_at), c.customer_id, c.handle_seconds, c.case_id,
    c.transferred_from, c.resolved, c.text, d.channel, d.reason_code, d.queue, d.site, d.vendor, d.product, d.segment, d.language,
    d.decision_code, d.direction, d.escalated)::text) as digest
  from contact c join cell d using (cell_no)
  where c.started_on between $1::date and $2::date and c.import_id <= $3
) rows
