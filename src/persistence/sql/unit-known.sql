-- no parameters -> one row per unit that is or ever was: unit_code
select distinct unit_code from unit where not removed order by unit_code
