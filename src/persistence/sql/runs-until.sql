-- Standing runs of the periods before one. $1 period
select run_id from period where run_id is not null and period < $1 order by period
