-- Disputes of issued lines: opened by the unit that is charged, answered, escalated, and ruled by somebody who belongs to
-- neither side. What is accepted becomes adjustments.

create table dispute (
  dispute_id    bigint generated always as identity primary key,
  run_id        bigint not null,
  line_id       text not null,
  nth           integer not null check (nth > 0), -- of this line
  charge_period text not null references period,
  unit_code     text not null,                 -- who is charged and disputes it
  counter_unit  text,                          -- who would bear it instead; null: service
  amount_minor  bigint not null check (amount_minor <> 0), -- of the line, that should not be charged
  reason        text not null check (btrim(reason) <> ''),
  evidence      text not null default '',
  due_on        date not null,                 -- ten working days for a ruling
  opened_by     bigint not null references app_user,
  opened_at     timestamptz not null default now(),
  unique (line_id, nth),
  check (counter_unit is distinct from unit_code),
  foreign key (run_id, line_id) references statement_line
);
call make_append_only('dispute');
call protect_by_unit('dispute', 'unit_code');

-- A line is disputed by its own unit, in its own amount: nobody reaches another unit's line through a number.
create function refuse_foreign_line() returns trigger language plpgsql as $$
begin
  if not exists (select from statement_line l where l.run_id = new.run_id and l.line_id = new.line_id
    and l.unit_code = new.unit_code and l.charge_period = new.charge_period) then
    raise exception 'answerable: line % is not of unit %', new.line_id, new.unit_code using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger own_line before insert on dispute for each row execute function refuse_foreign_line();

create table dispute_entry (
  entry_id     bigint generated always as identity primary key,
  dispute_id   bigint not null references dispute,
  unit_code    text not null,
  counter_unit text,
  kind         text not null check (kind in ('reply', 'escalation')),
  text         text not null check (btrim(text) <> ''),
  written_by   bigint not null references app_user,
  written_at   timestamptz not null default now()
);
create unique index dispute_escalated_once on dispute_entry (dispute_id) where kind = 'escalation';
call make_append_only('dispute_entry');
call protect_by_unit('dispute_entry', 'unit_code');

create table dispute_ruling (
  dispute_id   bigint primary key references dispute,
  unit_code    text not null,
  counter_unit text,
  outcome      text not null check (outcome in ('accepted', 'rejected')),
  amount_minor bigint not null,                -- accepted part; zero when rejected
  reason       text not null check (btrim(reason) <> ''),
  ruled_by     bigint not null references app_user,
  ruled_at     timestamptz not null default now(),
  check ((outcome = 'rejected') = (amount_minor = 0))
);
call make_append_only('dispute_ruling');
call protect_by_unit('dispute_ruling', 'unit_code');

-- The other unit sees what concerns it, and both may write.
create policy counter_units on dispute for select to answerable_app using (counter_unit = any (visible_units()));
create policy counter_units on dispute_entry for select to answerable_app using (counter_unit = any (visible_units()));
create policy counter_units on dispute_ruling for select to answerable_app using (counter_unit = any (visible_units()));
grant insert on dispute, dispute_entry to answerable_app;
create policy open_own on dispute for insert to answerable_app with check (unit_code = any (visible_units()));
create policy write_own on dispute_entry for insert to answerable_app
  with check (unit_code = any (visible_units()) or counter_unit = any (visible_units()));

-- Whoever belongs to a side does not rule: not the one who opened it, not an owner of either unit, not service's leader
-- where service would bear it. An escalated dispute is the chief financial officer's.
create function refuse_partial_ruling() returns trigger language plpgsql as $$
declare
  opened record;
  ruler record;
begin
  select * into opened from dispute where dispute_id = new.dispute_id;
  select * into ruler from app_user where user_id = new.ruled_by;
  if new.ruled_by = opened.opened_by or opened.unit_code = any (ruler.units) or opened.counter_unit = any (ruler.units)
    or (opened.counter_unit is null and ruler.role = 'service_leader')
  then
    raise exception 'answerable: % belongs to a side of dispute % and does not rule it', ruler.login, new.dispute_id using errcode = 'check_violation';
  end if;
  if ruler.role <> 'cfo' and exists (select from dispute_entry where dispute_id = new.dispute_id and kind = 'escalation') then
    raise exception 'answerable: dispute % is escalated', new.dispute_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger neither_side before insert on dispute_ruling for each row execute function refuse_partial_ruling();
