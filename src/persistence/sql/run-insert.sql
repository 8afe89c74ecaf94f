-- Keeps a run; the same inputs give the same run. $1 period, $2 hash, $3 inputs hash, $4 model, $5 watermark, $6 reads, $7 code version, $8 document, $9 user
insert into run (period, hash, inputs_hash, model_id, watermark, reads, code_version, document, prepared_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (period, hash) do nothing returning run_id
