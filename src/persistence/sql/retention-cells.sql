-- Cells by what retention asks of them: their reason, and whether customers came by themselves
-- rows: reason_code, is_inbound, cells
select reason_code, direction is distinct from 'outbound' as is_inbound, array_agg(cell_no) as cells
from cell group by 1, 2
