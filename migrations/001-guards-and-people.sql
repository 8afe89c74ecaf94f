-- Guards that later tables use, the company, its people and their tokens.
-- Runs as answerable_owner. The product connects as answerable_app (unit owners: rows of their units) and takes the
-- role answerable_books inside a transaction for deeds on the books (all units). Neither owns anything.

-- Units that the current transaction may see, set by the service; unset or empty = none. Codes cannot contain '|'.
create function visible_units() returns text[]
  language sql stable parallel safe
  return string_to_array(nullif(current_setting('app.units', true), ''), '|');

-- Rows of an append-only table never change and never go: what is late or wrong is a new row.
create function refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception 'answerable: % is append-only; % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation', hint = 'Record a correction instead.';
end $$;

-- Makes a table append-only: triggers for every role, beside the grants that give nobody update or delete.
create procedure make_append_only(target regclass)
  language plpgsql as $$
begin
  execute format('create trigger append_only before update or delete on %s for each row execute function refuse_change()', target);
  execute format('create trigger append_only_all before truncate on %s for each statement execute function refuse_change()', target);
  execute format('grant select, insert on %s to answerable_books', target);
end $$;

-- Row-level security on a table with a unit: unit owners see their units, the books see all. One policy per role.
create procedure protect_by_unit(target regclass, unit_column name)
  language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy own_units on %s for select to answerable_app using (%I = any (visible_units()))', target, unit_column);
  execute format('create policy all_units on %s to answerable_books using (true) with check (true)', target);
  execute format('grant select on %s to answerable_app', target);
end $$;

create table company (
  only_one     boolean primary key default true check (only_one),
  name         text not null,
  currency     text not null check (currency ~ '^[A-Z]{3}$'),
  time_zone    text not null,
  pseudonymise boolean not null default false,
  one_person   boolean not null default false, -- preparer may approve; printed on every statement
  settings     jsonb not null default '{}',
  created_at   timestamptz not null default now()
);
comment on table company is 'The one company of this database; currency and time zone are fixed after the first fact.';
grant select, insert, update on company to answerable_books;
grant select on company to answerable_app;

create table app_user (
  user_id       bigint generated always as identity primary key,
  login         text not null check (login ~ '^[a-z0-9][a-z0-9._@+-]{0,63}$'),
  name          text not null,
  role          text not null check (role in ('finance', 'controller', 'cfo', 'unit_owner', 'service_leader', 'auditor', 'admin')),
  units         text[] not null default '{}',
  password_hash text,
  oidc_subject  text unique,
  disabled_at   timestamptz,
  created_at    timestamptz not null default now(),
  check (role = 'unit_owner' or units = '{}')
);
create unique index app_user_login on app_user (lower(login));
grant select, insert, update on app_user to answerable_books;
grant select on app_user to answerable_app;

create table api_token (
  token_id     bigint generated always as identity primary key,
  user_id      bigint not null references app_user,
  label        text not null,
  token_sha256 text not null unique,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
grant select, insert, update on api_token to answerable_books;
