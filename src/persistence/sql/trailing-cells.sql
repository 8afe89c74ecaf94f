-- Contacts of each cell in some months. $1 first days of the months (date[]), $2 watermark
select cell_no, sum(contacts)::text as contacts from contact_rollup
where import_id <= $2 and date_trunc('month', started_on)::date = any ($1::date[]) and started_on >= (select min(day) from unnest($1::date[]) day)
group by cell_no having sum(contacts) > 0
