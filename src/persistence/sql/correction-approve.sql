-- Approves a correction. $1 correction, $2 user
insert into correction_approval (correction_id, approved_by) values ($1, $2)
