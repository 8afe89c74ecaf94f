-- Runs that periods stand on and runs that were issued, by period; or one run, whatever became of it.
-- $1 period or null, $2 run or null
select r.run_id, r.period, r.hash from run r
where ($1::text is null or r.period = $1) and ($2::bigint is null or r.run_id = $2)
  and ($2::bigint is not null or exists (select from period p where p.run_id = r.run_id) or exists (select from issue i where i.run_id = r.run_id))
order by r.period, r.run_id
