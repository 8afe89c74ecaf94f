-- Contacts of every cell and stretch of days, for holding a model against what is there. $1 first days of the stretches (date[])
select cell_no, width_bucket(started_on, $1::date[]) as slice, sum(contacts)::text as contacts
from contact_rollup group by 1, 2 having sum(contacts) > 0
