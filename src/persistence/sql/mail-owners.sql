-- Owners who may act, with where their mail goes: the address that was set, else a login that is one.
-- -> one row each: user_id, login, name, units, address or null
select user_id, login, name, units, coalesce(mail_address, case when login like '%_@_%' then login end) as address
from app_user
where role = 'unit_owner' and disabled_at is null
order by login collate "C"
