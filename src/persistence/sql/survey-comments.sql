-- What was written with some answers, as it stands at a watermark. $1 answers (text[]), $2 watermark
select distinct on (survey_id) survey_id, comment from survey
where survey_id = any ($1::text[]) and import_id <= $2 and comment is not null order by survey_id, import_id desc
