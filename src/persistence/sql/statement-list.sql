-- Canonical documents of a run. $1 run
select unit_code, document, sha256, hash_scheme from statement where run_id = $1 order by unit_code collate "C"
