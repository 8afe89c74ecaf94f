-- Holidays as they stand now. No parameters
select holiday_date from (select distinct on (holiday_date) * from holiday order by holiday_date, import_id desc) newest where not removed
