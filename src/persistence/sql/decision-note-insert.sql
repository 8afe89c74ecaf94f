-- An owner of a decision says something about it. $1 decision, $2 unit, $3 text, $4 user
insert into decision_note (decision_code, unit_code, text, written_by) values ($1, $2, $3, $4)
