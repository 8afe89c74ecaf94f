-- Newest import; imports are serialised, so everything up to it is committed. No parameters
select coalesce(max(import_id), 0)::text as watermark from import
