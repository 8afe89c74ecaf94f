-- Nobody rules on a unit that one's own run parked, whatever the code forgets; a column that nothing ever filled goes.

create function refuse_own_parking() returns trigger language plpgsql as $$
begin
  if not (select one_person from company)
    and new.ruled_by = (select prepared_by from period where period = new.period)
  then
    raise exception 'answerable: nobody rules on a unit that their own run parked' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger two_people before insert on parking_ruling for each row execute function refuse_own_parking();

alter table service_line drop column detail;
