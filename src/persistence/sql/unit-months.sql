-- Charge and contacts of every unit in the standing run of every period, as far as the current role may see them.
-- $1 last period; rows: newest first. Contacts of the handling layer: layers above handle the same contacts again.
select p.period, p.state, l.unit_code,
  coalesce(sum(l.amount_minor) filter (where l.treatment = 'charged'), 0)::text as gross_minor
from period p join statement_line l on l.run_id = p.run_id
where p.period <= $1 group by 1, 2, 3 order by 1 desc, 3
