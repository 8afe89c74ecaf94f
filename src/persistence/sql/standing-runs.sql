-- Standing runs of some periods. $1 first period, $2 last period
select p.period, p.run_id, p.state, r.model_id, r.watermark from period p join run r on r.run_id = p.run_id
where p.period between $1 and $2 order by p.period
