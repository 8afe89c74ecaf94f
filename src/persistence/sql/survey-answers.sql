-- Answers of customers between two days as they stand at a watermark, with their instrument, and the contact they speak of.
-- $1 first day, $2 last day, $3 watermark
select s.survey_id, s.metric, s.score::float8 as score, s.instrument, s.comment, s.customer_key::text as customer_key,
  (s.answered_on - date '1970-01-01') as day, i.scale_min::float8 as scale_min, i.scale_max::float8 as scale_max,
  i.higher_is_better, i.top_box::float8 as top_box, c.cell_no, c.started_on
from (
  select distinct on (survey_id) * from survey where import_id <= $3 order by survey_id, import_id desc
) s
join (
  select distinct on (instrument) * from instrument where import_id <= $3 order by instrument, import_id desc
) i using (instrument)
left join lateral (
  select cell_no, started_on from contact
  where contact_id = s.contact_id and sign = 1 and import_id <= $3 order by import_id desc limit 1
) c on true
where not s.removed and not i.removed and s.answered_on between $1::date and $2::date
order by s.survey_id collate "C"
