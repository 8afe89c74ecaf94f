-- All cells. No parameters; rows: cell_no and the dimensions as texts, in the order of the unique key
select cell_no, channel, reason_code, queue, site, vendor, product, segment, language, decision_code, direction,
  escalated::text, transferred::text
from cell
