-- What the kernel of a close asks of cells. Rows: cell_no, flags (1 escalated, 2 tagged with a decision), reason_code
select cell_no, escalated::int + 2 * (decision_code is not null)::int, reason_code from cell
