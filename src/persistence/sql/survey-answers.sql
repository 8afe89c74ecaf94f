-- Answers of customers between two days as they stand at a watermark, with their instrument, and the contact they speak of.
-- $1 first day, $2 last day, $3 watermark
with answer as materialized (
  select distinct on (survey_id) * from survey where import_id <= $3 order by survey_id, import_id desc
),
named as materialized (
  select distinct contact_id from answer where not removed and answered_on between $1::date and $2::date and contact_id is not null
),
spoken_of as materialized (
  select c.contact_id, c.import_id, c.cell_no, c.started_on from contact c join named using (contact_id)
  where c.sign = 1 and c.import_id <= $3
)
select s.survey_id, s.metric, s.score::float8 as score, s.instrument, s.comment, s.customer_key::text as customer_key,
  (s.answered_on - date '1970-01-01') as day, i.scale_min::float8 as scale_min, i.scale_max::float8 as scale_max,
  i.higher_is_better, i.top_box::float8 as top_box, c.cell_no, c.started_on
from answer s
join (
  select distinct on (instrument) * from instrument where import_id <= $3 order by instrument, import_id desc
) i using (instrument)
left join (
  select distinct on (contact_id) contact_id, cell_no, started_on from spoken_of order by contact_id, import_id desc
) c using (contact_id)
where not s.removed and not i.removed and s.answered_on between $1::date and $2::date
order by s.survey_id collate "C"
