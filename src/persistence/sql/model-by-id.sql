-- One model version. $1 model_id
select model_id, from_period, hash, yaml, applied_at, applied_by from model_version where model_id = $1
