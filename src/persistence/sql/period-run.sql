-- Head of the run that a period stands on, or of a given run of that period. $1 period, $2 run or null
select r.run_id, r.period, r.hash, r.inputs_hash, m.hash as model_hash, p.state
from period p join run r on r.period = p.period join model_version m on m.model_id = r.model_id
where p.period = $1 and r.run_id = coalesce($2::bigint, p.run_id)
