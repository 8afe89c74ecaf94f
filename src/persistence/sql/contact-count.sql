-- Contacts of a period by the roll-up that imports keep. $1 first day, $2 last day, $3 watermark
select coalesce(sum(contacts), 0)::text as contacts from contact_rollup where started_on between $1::date and $2::date and import_id <= $3
