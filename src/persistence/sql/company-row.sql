-- The company. No parameters
select name, currency, time_zone, pseudonymise, one_person from company
