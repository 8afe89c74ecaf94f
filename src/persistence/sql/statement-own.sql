-- Canonical documents of a run that the current role may see. $1 run, $2 unit or null for all
select unit_code, document, sha256, hash_scheme from statement where run_id = $1 and ($2::text is null or unit_code = $2) order by unit_code collate "C"
