-- Whether the company's revenue names renewals at all. $1 watermark
select exists (select from revenue where kind = 'renewal' and import_id <= $1) as any_renewal
