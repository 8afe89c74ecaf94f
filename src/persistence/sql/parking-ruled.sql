-- Units whose parking somebody ruled on. $1 period, $2 rulings up to this number
select unit_code from parking_ruling where period = $1 and ruling_id <= $2 order by unit_code collate "C"
