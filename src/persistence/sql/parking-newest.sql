-- Newest ruling on a parked unit of a period, 0 without. $1 period
select coalesce(max(ruling_id), 0)::text as ruling from parking_ruling where period = $1
