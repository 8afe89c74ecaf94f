-- The run that a period stands on. $1 period
select p.run_id, p.state from period p where p.period = $1 and p.run_id is not null
