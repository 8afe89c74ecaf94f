-- $1 job, $2 in or out, $3 number of the part, $4 bytes
insert into job_file (job_id, side, part, bytes) values ($1, $2, $3, $4)
