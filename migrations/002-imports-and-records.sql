-- Imports and the records they bring. Records are append-only versions: the current row of a key is the one of the
-- newest import; a removed row ends it (undo). A run reads imports up to its watermark, so it can be repeated for ever.

create table import (
  import_id     bigint generated always as identity primary key,
  kind          text not null,
  file_name     text not null,
  bytes         bigint not null,
  sha256        text not null,
  mapping       text,                          -- the mapping file as it was, if one was used
  rows_new      bigint not null,
  rows_changed  bigint not null,
  rows_same     bigint not null,
  rows_refused  bigint not null default 0,     -- only with accept_valid; kept in import_refusal
  totals        jsonb not null default '{}',   -- control totals of the file: rows, sums of amounts per currency, seconds
  undoes        bigint references import,
  imported_by   bigint references app_user,
  imported_at   timestamptz not null default now()
);
call make_append_only('import');
grant usage on sequence import_import_id_seq to answerable_books; -- facts are copied under their import's number before its counts are known

create table import_refusal (
  import_id bigint not null references import,
  line      bigint not null,
  column_name text not null default '',        -- empty: the whole row
  value     text,
  code      text not null,
  message   text not null,
  remedy    text not null,
  raw       text not null,                     -- the row as it came, to be mended and loaded again
  primary key (import_id, line, column_name, code)
);
call make_append_only('import_refusal');

create table unit (
  unit_code    text not null,
  name         text not null,
  parent_code  text,
  cost_center  text,
  owner_email  text,
  kind         text not null default 'business' check (kind in ('business', 'service')),
  legal_entity text,
  successor    text,
  valid_from   date not null default '0001-01-01',
  valid_to     date,
  import_id    bigint not null references import,
  line         bigint not null,
  removed      boolean not null default false,
  primary key (unit_code, valid_from, import_id)
);
call make_append_only('unit');
call protect_by_unit('unit', 'unit_code');

create table reason (
  reason_code             text not null,
  name                    text not null,
  parent_code             text,
  owner_unit              text,
  demand                  text check (demand in ('value', 'failure')),
  standard_handle_seconds integer check (standard_handle_seconds > 0),
  import_id               bigint not null references import,
  line                    bigint not null,
  removed                 boolean not null default false,
  primary key (reason_code, import_id)
);
call make_append_only('reason');
call protect_by_unit('reason', 'owner_unit');

create table decision (
  decision_code                text not null,
  title                        text not null,
  kind                         text not null check (kind in ('fee', 'price', 'policy', 'launch', 'campaign', 'process', 'defect', 'outage')),
  effective_from               date not null,
  announced_at                 date,
  effective_to                 date,
  population                   text,
  reasons                      text,           -- codes or prefixes with *, separated by |
  expected_contacts_per_month  numeric,
  expected_revenue_per_month   numeric,
  description                  text,
  import_id                    bigint not null references import,
  line                         bigint not null,
  removed                      boolean not null default false,
  primary key (decision_code, import_id)
);
call make_append_only('decision');

create table decision_owner (
  decision_code text not null,
  unit_code     text not null,
  share         numeric not null check (share > 0 and share <= 1),
  valid_from    date not null,
  valid_to      date,
  import_id     bigint not null references import,
  line          bigint not null,
  removed       boolean not null default false,
  primary key (decision_code, unit_code, valid_from, import_id)
);
call make_append_only('decision_owner');
call protect_by_unit('decision_owner', 'unit_code');

create table ledger_entry (
  entry_id     text not null,
  period       text not null check (period ~ '^[12]\d{3}-(0[1-9]|1[0-2])$'),
  account      text not null,
  cost_center  text not null,
  amount_minor bigint not null,
  currency     text not null,
  posted_at    date,
  vendor       text,
  description  text,
  import_id    bigint not null references import,
  line         bigint not null,
  removed      boolean not null default false,
  primary key (entry_id, import_id)
);
create index ledger_entry_period on ledger_entry (period);
call make_append_only('ledger_entry');

create table fx_rate (
  period    text not null check (period ~ '^[12]\d{3}-(0[1-9]|1[0-2])$'),
  currency  text not null,
  rate      numeric not null check (rate > 0),  -- reporting units for one unit of currency
  import_id bigint not null references import,
  line      bigint not null,
  removed   boolean not null default false,
  primary key (period, currency, import_id)
);
call make_append_only('fx_rate');

create table capacity (
  period            text not null check (period ~ '^[12]\d{3}-(0[1-9]|1[0-2])$'),
  pool_code         text not null,
  practical_seconds numeric check (practical_seconds >= 0),
  fte               numeric,
  paid_hours        numeric,
  shrinkage         numeric,
  occupancy         numeric,
  import_id         bigint not null references import,
  line              bigint not null,
  removed           boolean not null default false,
  primary key (period, pool_code, import_id),
  check (removed or num_nonnulls(fte, paid_hours, shrinkage, occupancy) = case when practical_seconds is null then 4 else 0 end)
);
call make_append_only('capacity');

create table volume (
  volume_date date not null,
  measure     text not null,
  value       numeric not null,
  population  text not null default '',
  import_id   bigint not null references import,
  line        bigint not null,
  removed     boolean not null default false,
  primary key (volume_date, measure, population, import_id)
);
call make_append_only('volume');

create table holiday (
  holiday_date date not null,
  name         text not null,
  import_id    bigint not null references import,
  line         bigint not null,
  removed      boolean not null default false,
  primary key (holiday_date, import_id)
);
call make_append_only('holiday');

create table customer (
  customer_id          text not null,
  customer_key         bigint not null,        -- first 8 bytes of SHA-256 of customer_id: joins facts
  joined_on            date,
  left_on              date,
  segment              text,
  region               text,
  monthly_margin_minor bigint,
  currency             text,
  import_id            bigint not null references import,
  line                 bigint not null,
  removed              boolean not null default false,
  primary key (customer_id, import_id)
);
create index customer_by_key on customer (customer_key);
call make_append_only('customer');

create table instrument (
  instrument       text not null,
  metric           text not null check (metric in ('csat', 'ces', 'nps', 'ves')),
  scale_min        numeric not null,
  scale_max        numeric not null,
  higher_is_better boolean not null,
  top_box          numeric,
  wording          text,
  import_id        bigint not null references import,
  line             bigint not null,
  removed          boolean not null default false,
  primary key (instrument, import_id),
  check (scale_min < scale_max)
);
call make_append_only('instrument');

create table survey (
  survey_id    text not null,
  answered_at  timestamptz not null,
  answered_on  date not null,
  metric       text not null check (metric in ('csat', 'ces', 'nps', 'ves')),
  score        numeric not null,
  instrument   text not null,
  contact_id   text,
  customer_id  text,
  customer_key bigint,
  comment      text,
  import_id    bigint not null references import,
  line         bigint not null,
  removed      boolean not null default false,
  primary key (survey_id, import_id)
);
create index survey_answered_on on survey (answered_on);
call make_append_only('survey');

grant select on decision, holiday, volume to answerable_app;
