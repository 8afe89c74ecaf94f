-- What the kernel of a close asks of cells, those that are alike in one row: a row each would cost several times as much.
-- Rows: flags (1 escalated, 2 tagged with a decision), reason_code, their numbers (four bytes each, highest byte first)
select escalated::int + 2 * (decision_code is not null)::int, reason_code, string_agg(int4send(cell_no), '')
from cell
group by 1, 2
