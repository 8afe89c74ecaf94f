-- Counts in the window of a key, a new one when the last has ended; forgets some that ended long ago.
-- $1 key, $2 by how many, $3 seconds of a window -> one row: hits, resets_at
with old as (
  delete from guess_count where key = any (array(
    select key from guess_count where resets_at < now() - interval '1 hour' and key <> $1 limit 100 for update skip locked))
), counted as (
  insert into guess_count as c (key, hits, resets_at)
  values ($1::text, greatest($2::integer, 0), now() + make_interval(secs => $3::double precision))
  on conflict (key) do update set
    hits = greatest(case when c.resets_at <= now() then 0 else c.hits end + $2::integer, 0),
    resets_at = case when c.resets_at <= now() then excluded.resets_at else c.resets_at end
  returning hits, resets_at
)
select hits, resets_at from counted
