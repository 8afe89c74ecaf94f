-- Keeps what the ledger answered. $1 journal, $2 reference, $3 booked on, $4 total, $5 sha256 of the file, $6 user
insert into journal_receipt (journal_no, reference, booked_on, total_minor, file_sha256, read_by) values ($1, $2, $3, $4, $5, $6)
