-- Ledger entries of a period as they stand at a watermark. $1 period, $2 watermark
select entry_id, account, cost_center, vendor, amount_minor, currency, posted_at, description, import_id, line
from (select distinct on (entry_id) * from ledger_entry
  where entry_id in (select entry_id from ledger_entry where period = $1 and import_id <= $2) and import_id <= $2
  order by entry_id, import_id desc) newest
where not removed and period = $1 order by entry_id collate "C"
