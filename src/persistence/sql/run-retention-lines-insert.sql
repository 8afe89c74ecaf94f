-- Retention lines of a run, from one JSON array. $1 run, $2 rows
insert into run_retention_line select $1, r.* from jsonb_to_recordset($2::jsonb) as r(effect text, cohort text, window_days integer, kind text,
  stream text, unit_code text, decision_code text, point_minor bigint, netted_minor bigint)
