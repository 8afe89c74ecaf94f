-- All cells. No parameters; rows: cell_no, dimensions (text[] in the order of the unique key)
select cell_no, array[channel, reason_code, queue, site, vendor, product, segment, language, decision_code, direction,
  escalated::text, transferred::text] as dimensions
from cell
