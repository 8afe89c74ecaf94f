-- Contacts of a run by decision and booking day. $1 run
select decision_code, day, contacts from run_decision_day where run_id = $1 order by decision_code collate "C", day
