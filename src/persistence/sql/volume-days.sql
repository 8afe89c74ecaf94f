-- A measure of a population by day as it stands at a watermark. $1 measure, $2 population ('' is everybody), $3 watermark
select volume_date as day, value
from (select distinct on (volume_date) * from volume where measure = $1 and population = $2 and import_id <= $3
  order by volume_date, import_id desc) newest
where not removed order by 1
