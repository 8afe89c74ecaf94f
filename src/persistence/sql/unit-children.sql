-- $1 unit codes -> one row per unit that is one of these or stands below one, as the hierarchy stands today: unit_code
with recursive version as (
  select distinct on (unit_code, valid_from) unit_code, valid_from, parent_code, removed
  from unit
  order by unit_code, valid_from, import_id desc
), today as (
  select distinct on (unit_code) unit_code, parent_code
  from version
  where not removed
  order by unit_code, valid_from <= current_date desc, valid_from desc
), below as (
  select unnest($1::text[]) as unit_code
  union
  select today.unit_code from today join below on today.parent_code = below.unit_code
)
select unit_code from below order by unit_code collate "C"
