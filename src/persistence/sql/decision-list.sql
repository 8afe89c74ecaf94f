-- Decisions as they stand at a watermark. $1 watermark
select decision_code, title, kind, effective_from, announced_at, effective_to, population, reasons,
  expected_contacts_per_month, expected_revenue_per_month, description
from (select distinct on (decision_code) * from decision where import_id <= $1 order by decision_code, import_id desc) newest
where not removed order by decision_code collate "C"
