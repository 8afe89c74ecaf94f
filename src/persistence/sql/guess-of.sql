-- $1 key -> at most one row of a window that runs now: hits, resets_at
select hits, resets_at from guess_count where key = $1 and resets_at > now()
