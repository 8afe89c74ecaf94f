-- The close board looks for the newest calculation of its period, among mails and imports without number.
create index job_of_kind on job (kind, job_id);
