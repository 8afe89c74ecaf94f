-- The model version that a period is closed with: the newest whose from is not after it. $1 period
select model_id, from_period, hash, yaml from model_version where from_period <= $1 order by from_period desc, model_id desc limit 1
