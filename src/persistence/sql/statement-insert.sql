-- One canonical statement document. $1 run, $2 unit, $3 bytes, $4 sha256
insert into statement (run_id, unit_code, document, sha256) values ($1, $2, $3, $4)
