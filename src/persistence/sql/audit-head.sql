-- Newest event of the audit log, 0 and 64 zeros before the first. No parameters
select event_no, hash from audit_head()
