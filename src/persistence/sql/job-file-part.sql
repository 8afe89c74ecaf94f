-- $1 job, $2 in or out, $3 number of the part -> at most one row
select bytes from job_file where job_id = $1 and side = $2 and part = $3
