-- Keeps a journal file. $1 issue, $2 mapping, $3 its hash, $4 content, $5 sha256, $6 lines, $7 total, $8 user
insert into journal (issue_id, mapping, mapping_hash, content, sha256, lines, total_minor, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8) returning journal_no
