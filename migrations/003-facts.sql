-- Facts: narrow, append-only, signed rows (+1 new, -1/+1 a correction, -1 an undo), partitioned by local month,
-- joined by customer_key. No unit column: nobody but the books reads them.

-- All matchable dimensions of a contact; facts carry its number. Absent dimensions are null.
create table cell (
  cell_no       integer generated always as identity primary key,
  channel       text not null,
  reason_code   text not null,
  queue         text,
  site          text,
  vendor        text,
  product       text,
  segment       text,
  language      text,
  decision_code text,
  direction     text check (direction in ('inbound', 'outbound')),
  escalated     boolean not null default false,
  transferred   boolean not null default false,
  unique nulls not distinct (channel, reason_code, queue, site, vendor, product, segment, language, decision_code, direction, escalated, transferred)
);
call make_append_only('cell');

create table contact (
  started_at       timestamptz not null,
  customer_key     bigint,                     -- first 8 bytes of SHA-256 of customer_id
  import_id        bigint not null,
  started_on       date not null,              -- local day in the company's time zone
  cell_no          integer not null,
  handle_seconds   integer check (handle_seconds >= 0),
  line             integer not null,
  sign             smallint not null check (sign in (1, -1)),
  resolved         boolean,                    -- the agent's flag
  contact_id       text not null,
  customer_id      text,
  case_id          text,
  transferred_from text,
  text             text                        -- masked before it is stored
) partition by range (started_on);
create index contact_by_id on contact (contact_id);
call make_append_only('contact');

create table contact_segment (
  import_id      bigint not null,
  started_on     date not null,                -- of its contact
  handle_seconds integer not null check (handle_seconds >= 0),
  line           integer not null,
  sign           smallint not null check (sign in (1, -1)),
  contact_id     text not null,
  reason_code    text not null
) partition by range (started_on);
create index contact_segment_by_id on contact_segment (contact_id);
call make_append_only('contact_segment');

-- Sums of contacts per day and cell and import: additive, rebuilt by a test, read by curves and coverage.
create table contact_rollup (
  started_on date not null,
  cell_no    integer not null,
  import_id  bigint not null,
  contacts   bigint not null,
  seconds    bigint not null,                  -- of contacts with a handle time
  untimed    bigint not null,                  -- contacts without one
  primary key (started_on, cell_no, import_id)
);
call make_append_only('contact_rollup');

create table exposure (
  occurred_at   timestamptz not null,
  customer_key  bigint not null,
  import_id     bigint not null,
  amount_minor  bigint,                        -- billed, gross
  waived_minor  bigint,                        -- the part not charged
  occurred_on   date not null,
  line          integer not null,
  sign          smallint not null check (sign in (1, -1)),
  currency      text,
  exposure_id   text not null,
  customer_id   text not null,
  decision_code text not null
) partition by range (occurred_on);
create index exposure_by_id on exposure (exposure_id);
call make_append_only('exposure');

create table revenue (
  occurred_at           timestamptz not null,
  customer_key          bigint not null,
  referred_customer_key bigint,
  import_id             bigint not null,
  amount_minor          bigint not null,
  margin_minor          bigint,
  occurred_on           date not null,
  line                  integer not null,
  sign                  smallint not null check (sign in (1, -1)),
  currency              text not null,
  kind                  text not null check (kind in ('purchase', 'renewal', 'expansion', 'contraction', 'cancellation', 'refund', 'fee', 'referral')),
  event_id              text not null,
  customer_id           text not null,
  product               text,
  decision_code         text,
  referred_customer_id  text
) partition by range (occurred_on);
create index revenue_by_id on revenue (event_id);
call make_append_only('revenue');

-- Makes the month's partition of a fact table when it is absent. The app owns nothing, so this runs as the owner; it
-- takes only the names of fact tables and the first day of a month.
create function ensure_month(fact text, month date) returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  part text := format('%s_%s', fact, to_char(month, 'YYYY_MM'));
begin
  if fact not in ('contact', 'contact_segment', 'exposure', 'revenue') or month <> date_trunc('month', month) then
    raise exception 'answerable: no partition of % for %', fact, month;
  end if;
  if to_regclass('public.' || quote_ident(part)) is null then
    perform pg_advisory_xact_lock(hashtext('answerable ensure_month'));
    execute format('create table if not exists public.%I partition of public.%I for values from (%L) to (%L)',
      part, fact, month, (month + interval '1 month')::date);
  end if;
end $$;
revoke execute on function ensure_month(text, date) from public;
grant execute on function ensure_month(text, date) to answerable_books;
