-- Dimensions of cells. $1 which (int[]), null for all; rows: cell_no and the dimensions
select cell_no, channel, reason_code, queue, site, vendor, product, segment, language, decision_code, direction, escalated, transferred
from cell where $1::int[] is null or cell_no = any ($1::int[])
