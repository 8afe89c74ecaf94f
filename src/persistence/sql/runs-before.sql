-- Runs that a close of a period reads: the last period's, and the last three closed ones, newest first. $1 period, $2 period before it
select run_id, period = $2 as previous, state = 'closed' as closed
from period where run_id is not null and period < $1 and (period = $2 or state = 'closed')
order by period desc limit 4
