-- Whether the facts are spread over the nodes of a Citus cluster: `answerable distribute` writes the one row. From then on
-- closes take the SQL road alone, and contacts that name no customer get a key of their own at import.
create table distribution (
  only_one       boolean primary key default true check (only_one),
  citus_version  text not null,
  workers        integer not null,
  shards         integer not null,
  distributed_at timestamptz not null default now()
);
call make_append_only('distribution');
grant select on distribution to answerable_app;

-- The key under which a contact without customer lies on a cluster: the first 8 bytes of SHA-256 of 'contact ' and its id.
-- No customer has it, and its versions keep it.
create function own_contact_key(contact_id text) returns bigint
  language sql immutable strict parallel safe
  return ('x' || left(encode(sha256(convert_to('contact ' || contact_id, 'UTF8')), 'hex'), 16))::bit(64)::bigint;

-- As before (003); what it says to a cluster means nothing on one machine: the new partition is spread as its table is,
-- with the triggers that refuse changes, which reach nothing outside their own row.
create or replace function ensure_month(fact text, month date) returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  part text := format('%s_%s', fact, to_char(month, 'YYYY_MM'));
begin
  if fact not in ('contact', 'contact_segment', 'exposure', 'revenue') or month <> date_trunc('month', month) then
    raise exception 'answerable: no partition of % for %', fact, month;
  end if;
  if to_regclass('public.' || quote_ident(part)) is null then
    perform pg_advisory_xact_lock(hashtext('answerable ensure_month'));
    if to_regclass('public.' || quote_ident(part)) is null then
      perform set_config('citus.enable_unsafe_triggers', 'on', true);
      -- made beside the table and attached: readers of the other months, a close among them, are not kept waiting
      execute format('create table public.%I (like public.%I including all)', part, fact);
      execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)',
        fact, part, month, (month + interval '1 month')::date);
    end if;
  end if;
end $$;
