-- Stores a model version. $1 from period, $2 hash, $3 yaml, $4 user
insert into model_version (from_period, hash, yaml, applied_by) values ($1, $2, $3, $4) returning model_id
