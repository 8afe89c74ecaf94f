-- Rules on a parked unit. $1 period, $2 unit, $3 ruling, $4 reason, $5 user
insert into parking_ruling (period, unit_code, ruling, reason, ruled_by) values ($1, $2, $3, $4, $5)
