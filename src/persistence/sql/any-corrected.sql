-- Whether any contact of a period, or of the eight days before it, may have been corrected up to a watermark: whether an
-- import that touched these months changed or took back contacts. No fact is read for it.
-- $1 first day, $2 last day, $3 watermark
select exists (
  select from import i
  where i.kind = 'contacts' and i.import_id <= $3::bigint and (i.rows_changed > 0 or i.undoes is not null)
    and exists (select from jsonb_array_elements_text(i.totals -> 'periods') as month
      where month between to_char($1::date - 8, 'YYYY-MM') and to_char($2::date, 'YYYY-MM'))
) as corrected
