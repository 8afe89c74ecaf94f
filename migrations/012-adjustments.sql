-- What changes closed periods: rulings of people that wait for the next close, and the adjustments that a run booked.

-- Rulings on a parked unit: released (charged after all) or kept with service. One a unit and period.
create table parking_ruling (
  ruling_id bigint generated always as identity unique,
  period    text not null references period,
  unit_code text not null,
  ruling    text not null check (ruling in ('released', 'kept')),
  reason    text not null check (btrim(reason) <> ''),
  ruled_by  bigint not null references app_user,
  ruled_at  timestamptz not null default now(),
  primary key (period, unit_code)
);
call make_append_only('parking_ruling');
call protect_by_unit('parking_ruling', 'unit_code');

-- A correction that a person asks for and another approves: an amount between a unit and service, or two units.
create table correction (
  correction_id bigint generated always as identity primary key,
  charge_period text not null references period,
  unit_code     text not null,                 -- whom the amount charges (+) or credits (-)
  counter_unit  text,                          -- who bears the opposite; null: service
  decision_code text,
  reason_code   text,
  amount_minor  bigint not null check (amount_minor <> 0),
  reverses      bigint unique references correction,
  reason        text not null check (btrim(reason) <> ''),
  requested_by  bigint not null references app_user,
  requested_at  timestamptz not null default now(),
  check (counter_unit is distinct from unit_code)
);
call make_append_only('correction');
call protect_by_unit('correction', 'unit_code');

create table correction_approval (
  correction_id bigint primary key references correction,
  approved_by   bigint not null references app_user,
  approved_at   timestamptz not null default now()
);
call make_append_only('correction_approval');

create function refuse_own_correction() returns trigger language plpgsql as $$
begin
  if not (select one_person from company)
    and new.approved_by = (select requested_by from correction where correction_id = new.correction_id)
  then
    raise exception 'answerable: nobody approves a correction that they asked for' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger two_people before insert on correction_approval for each row execute function refuse_own_correction();

-- Postings of rulings: they wait for the next close of an open period, which books all that no closed run has booked.
create table adjustment (
  adjustment_no bigint generated always as identity primary key,
  adjustment_id text not null unique,          -- digest of its key
  group_key     text not null,                 -- postings of one ruling: they sum to zero
  source        text not null check (source in ('dispute', 'correction', 'parked')),
  reference     text,                          -- the line, or the adjustment that it takes back
  unit_code     text,                          -- null: service
  kind          text not null,
  charge_period text not null references period,
  decision_code text,
  reason_code   text,
  channel       text,
  pool_code     text,
  rule          text,
  tier          text check (tier in ('A', 'B', 'C', 'D')),
  amount_minor  bigint not null check (amount_minor <> 0),
  created_at    timestamptz not null default now()
);
create index adjustment_group on adjustment (group_key);
call make_append_only('adjustment');
call protect_by_unit('adjustment', 'unit_code');

create function check_adjustment_group() returns trigger language plpgsql as $$
begin
  if (select sum(amount_minor) from adjustment where group_key = new.group_key) <> 0 then
    raise exception 'answerable: the postings of % do not sum to zero', new.group_key using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger sums_to_zero after insert on adjustment deferrable initially deferred
  for each row execute function check_adjustment_group();

create table run_adjustment (
  run_id        bigint not null references run,
  adjustment_id text not null,
  source        text not null check (source in ('late_contacts', 'late_ledger', 'dispute', 'correction', 'parked')),
  reference     text,
  unit_code     text,                          -- null: service
  kind          text not null,
  charge_period text not null,
  decision_code text,
  reason_code   text,
  channel       text,
  pool_code     text,
  rule          text,
  tier          text,
  contacts      numeric not null,
  quantity      numeric not null,
  rate          text,                          -- exact quotient n/d, as issued
  amount_minor  bigint not null,
  primary key (run_id, adjustment_id)
);
create index run_adjustment_unit on run_adjustment (run_id, unit_code);
call make_append_only('run_adjustment');
call protect_by_unit('run_adjustment', 'unit_code');

-- Ledger of closed periods that changed after their issue, as the run booked it.
create table run_ledger_change (
  run_id        bigint not null references run,
  charge_period text not null,
  amount_minor  bigint not null,
  primary key (run_id, charge_period)
);
call make_append_only('run_ledger_change');

-- Units whose charge a run parked, with every bound that they broke.
create table run_parked (
  run_id    bigint not null references run,
  unit_code text not null,
  bound     text not null,                     -- unmapped_share, jump_against_trailing, missing_source
  why       text not null,
  primary key (run_id, unit_code, bound, why)
);
call make_append_only('run_parked');
call protect_by_unit('run_parked', 'unit_code');
