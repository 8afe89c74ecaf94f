-- Contacts of every cell up to a day, and the first day of each. $1 last day, $2 watermark
select cell_no, sum(contacts)::text as contacts, min(started_on) as first_day from contact_rollup
where started_on <= $1 and import_id <= $2 group by cell_no having sum(contacts) > 0 order by cell_no
