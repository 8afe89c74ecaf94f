-- Runs that periods stand on and runs that were issued, by period. $1 period or null
select r.run_id, r.period, r.hash from run r
where ($1::text is null or r.period = $1)
  and (exists (select from period p where p.run_id = r.run_id) or exists (select from issue i where i.run_id = r.run_id))
order by r.period, r.run_id
