-- Contacts of a decision by booking day in the standing runs of some periods. $1 decision, $2 first period, $3 last period
select p.period, d.day, d.contacts::text as contacts
from run_decision_day d join period p on p.run_id = d.run_id
where d.decision_code = $1 and p.period between $2 and $3 order by 2, 1
