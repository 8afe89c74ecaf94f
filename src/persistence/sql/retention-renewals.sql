-- Whether the company's revenue names renewals at all. $1 watermark
with found as materialized (select event_id from revenue where kind = 'renewal' and import_id <= $1 limit 1)
select count(*) > 0 as any_renewal from found
