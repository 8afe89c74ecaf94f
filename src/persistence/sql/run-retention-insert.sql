-- Postings of retention of a run, from one JSON array. $1 run, $2 rows
insert into run_retention select $1, r.* from jsonb_to_recordset($2::jsonb) as r(effect text, cohort text, window_days integer, kind text,
  buy_again_point bigint, buy_more_point bigint, spread_the_word_point bigint, buy_again_netted bigint, buy_more_netted bigint,
  spread_the_word_netted bigint)
