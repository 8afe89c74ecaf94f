-- Adds to the thread of a dispute. $1 dispute, $2 unit, $3 other unit or null, $4 kind, $5 text, $6 user
insert into dispute_entry (dispute_id, unit_code, counter_unit, kind, text, written_by) values ($1, $2, $3, $4, $5, $6)
