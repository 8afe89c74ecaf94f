-- The newest import up to a watermark that may have changed what is read of some kinds: with the same mark it is the same.
-- Facts count when they touch one of the months; records count always, and with `reasons` those that an import of facts made.
-- $1 watermark, $2 kinds (text[]), $3 first month, $4 last month
select coalesce(max(i.import_id), 0)::text as mark from import i
where i.import_id <= $1 and (
  'reasons' = any ($2::text[]) and exists (select from reason r where r.import_id = i.import_id)
  or i.kind = any ($2::text[]) and (
    i.kind not in ('contacts', 'contact_segments', 'exposures', 'revenue')
    or exists (select from jsonb_array_elements_text(i.totals -> 'periods') as month where month between $3 and $4)))
