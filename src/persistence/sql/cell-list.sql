-- Dimensions of all cells. No parameters; rows: cell_no and the dimensions
select cell_no, channel, reason_code, queue, site, vendor, product, segment, language, decision_code, direction, escalated, transferred from cell
