-- Contacts of a decision by booking day in some runs. $1 decision, $2 runs (bigint[])
select p.period, d.day, d.contacts::text as contacts
from run_decision_day d join run p on p.run_id = d.run_id
where d.decision_code = $1 and d.run_id = any ($2::bigint[]) order by 2, 1
