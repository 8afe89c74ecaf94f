-- One run. $1 run
select run_id, period, hash, inputs_hash, model_id, watermark, reads, code_version, document, created_at from run where run_id = $1
