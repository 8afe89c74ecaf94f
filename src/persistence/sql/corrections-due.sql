-- Closed periods before this one whose facts changed after they were last booked: by an import of their month, or of the
-- months that their contacts look back to. $1 period, $2 watermark; rows: period, run_id (issued), since (watermark up to which they are booked)
with closed as (
  select p.period, p.run_id, r.watermark, r.reads from period p join run r using (run_id) where p.state = 'closed' and p.period < $1
),
booked as (
  select c.period, c.run_id, greatest(c.watermark, coalesce((
    select max(l.watermark) from closed l
    where exists (select from jsonb_array_elements(l.reads -> 'corrected') e where e ->> 'period' = c.period)
  ), 0)) as since
  from closed c
)
select period, run_id, since from booked b
where exists (
  select from import i cross join lateral jsonb_array_elements_text(i.totals -> 'periods') as touched(month)
  where i.import_id > b.since and i.import_id <= $2
    and month <= b.period and month >= to_char((b.period || '-01')::date - case i.kind
      when 'contacts' then interval '1 month' when 'contact_segments' then interval '1 month'
      when 'exposures' then interval '19 months' else interval '0' end, 'YYYY-MM')
    and i.kind in ('contacts', 'contact_segments', 'exposures', 'ledger', 'fx')
)
order by period
