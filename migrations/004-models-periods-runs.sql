-- Model versions, periods, runs and what a run says. All but the period's state are append-only.

create table model_version (
  model_id    integer generated always as identity primary key,
  from_period text not null check (from_period ~ '^[12]\d{3}-(0[1-9]|1[0-2])$'),
  hash        text not null,                   -- SHA-256 of the canonical content
  yaml        text not null,                   -- the file as it was applied
  applied_by  bigint references app_user,
  applied_at  timestamptz not null default now()
);
create index model_version_from on model_version (from_period, model_id);
call make_append_only('model_version');

create table run (
  run_id       bigint generated always as identity primary key,
  period       text not null check (period ~ '^[12]\d{3}-(0[1-9]|1[0-2])$'),
  hash         text not null,                  -- of inputs and figures; the same inputs give the same run
  inputs_hash  text not null,
  model_id     integer not null references model_version,
  watermark    bigint not null,                -- imports up to this number were read
  reads        jsonb not null,                 -- earlier runs it read: {previous, rates, measures: []}
  code_version text not null,
  document     jsonb not null,                 -- canonical figures of the whole period (see statements --format json)
  prepared_by  bigint references app_user,
  created_at   timestamptz not null default now(),
  unique (period, hash)
);
call make_append_only('run');

create table period (
  period       text primary key check (period ~ '^[12]\d{3}-(0[1-9]|1[0-2])$'),
  state        text not null default 'open' check (state in ('open', 'calculated', 'in_review', 'approved', 'closed')),
  run_id       bigint references run,
  prepared_by  bigint references app_user,
  submitted_by bigint references app_user,
  approved_by  bigint references app_user,
  issued_by    bigint references app_user,
  submitted_at timestamptz,
  approved_at  timestamptz,
  issued_at    timestamptz,
  one_person   boolean not null default false,
  check (state = 'open' or run_id is not null),
  check (state in ('open', 'calculated') or submitted_by is not null),
  check (state in ('open', 'calculated', 'in_review') or approved_by is not null),
  check (state <> 'closed' or issued_by is not null),
  check (one_person or approved_by is distinct from prepared_by or approved_by is null),
  check (one_person or approved_by is distinct from submitted_by or approved_by is null)
);
grant select, insert, update on period to answerable_books;
grant select on period to answerable_app;

create function refuse_period_delete() returns trigger language plpgsql as $$
begin
  raise exception 'answerable: a period never goes' using errcode = 'restrict_violation';
end $$;
create trigger period_stays before delete or truncate on period for each statement execute function refuse_period_delete();

create table run_pool (
  run_id             bigint not null references run,
  pool_code          text not null,
  kind               text not null check (kind in ('operating', 'support', 'direct')),
  layer              text not null,
  ledger_minor       bigint not null,          -- own entries, in reporting currency
  received_minor     bigint not null,          -- from support pools
  passed_minor       bigint not null,          -- to other pools
  cost_minor         bigint not null,          -- ledger + received - passed
  practical_quantity numeric not null,         -- of the driver: seconds or contacts; exact decimal or cut at 20 digits
  used_quantity      numeric not null,
  standard_quantity  numeric not null,
  rate               text not null,            -- capacity cost rate, exact quotient n/d
  standard_rate      text not null,
  charged_minor      bigint not null,
  variances_minor    bigint not null,
  unused_minor       bigint not null,
  unattributed_minor bigint not null,
  withheld_minor     bigint not null,
  parked_minor       bigint not null,
  primary key (run_id, pool_code),
  check (cost_minor = ledger_minor + received_minor - passed_minor),
  check (kind = 'support' or cost_minor = charged_minor + variances_minor + unused_minor + unattributed_minor + withheld_minor + parked_minor)
);
call make_append_only('run_pool');

create table run_hop (
  run_id       bigint not null references run,
  hop_no       integer not null,
  from_account text not null,                  -- ledger:<currency>, pool:<code>
  to_account   text not null,                  -- pool:<code>, unit:<code>, service:<kind>
  amount_minor bigint not null,
  primary key (run_id, hop_no)
);
call make_append_only('run_hop');

create table service_line (
  run_id       bigint not null references run,
  line_id      text not null,
  kind         text not null,                  -- variance kinds, unused parts, unattributed, parked, conversion
  pool_code    text,
  detail       text,
  quantity     numeric,
  amount_minor bigint not null,
  primary key (run_id, line_id)
);
call make_append_only('service_line');

create table statement (
  run_id    bigint not null references run,
  unit_code text not null,
  document  bytea not null,                    -- canonical JSON (RFC 8785), the bytes that are hashed
  sha256    text not null,
  hash_scheme smallint not null default 1,
  primary key (run_id, unit_code)
);
call make_append_only('statement');
call protect_by_unit('statement', 'unit_code');

create table statement_line (
  run_id         bigint not null references run,
  line_id        text not null,
  unit_code      text not null,
  kind           text not null check (kind in ('contacts', 'direct', 'reserved', 'unused_share')),
  decision_code  text,
  reason_code    text,
  channel        text,
  pool_code      text not null,
  rule           text,
  tier           text check (tier in ('A', 'B', 'C', 'D')),
  treatment      text not null check (treatment in ('charged', 'withheld', 'parked')),
  charge_period  text not null,
  posting_period text not null,
  contacts       numeric not null,
  seconds        numeric not null,             -- driver quantity that was priced
  rate           text,
  amount_minor   bigint not null,
  primary key (run_id, line_id)
);
create index statement_line_unit on statement_line (run_id, unit_code);
call make_append_only('statement_line');
call protect_by_unit('statement_line', 'unit_code');
