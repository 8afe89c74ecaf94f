-- How far rulings have come: all postings and rulings, and the postings that the newest closed run before a period has booked. $1 period
select coalesce((select max(adjustment_no) from adjustment), 0)::text as up_to,
  coalesce((select max((r.reads -> 'adjustments' ->> 'upTo')::bigint) from period p join run r using (run_id)
    where p.state = 'closed' and p.period < $1), 0)::text as after,
  coalesce((select max(ruling_id) from parking_ruling), 0)::text as parking
