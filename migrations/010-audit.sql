-- The audit log: append-only, one row for each record changed, a chain of hashes. The service makes the bytes and the
-- hashes (canonical JSON, RFC 8785); the database refuses whatever does not continue the chain.

create table audit_event (
  event_no    bigint primary key,                 -- 1, 2, 3, … without a gap
  body        text not null,                      -- canonical JSON: the bytes that are hashed
  leaf_hash   text not null,                      -- SHA-256 of body
  prev_hash   text not null,                      -- hash of the event before; 64 zeros for the first
  hash        text not null unique,               -- SHA-256 of {"leaf":…,"no":…,"prev":…}: this is a head of the chain
  at          text generated always as (body::jsonb ->> 'at') stored,      -- UTC, ISO 8601
  actor       text generated always as (body::jsonb ->> 'actor') stored,
  deed        text generated always as (body::jsonb ->> 'deed') stored,
  object_kind text generated always as (body::jsonb -> 'object' ->> 'kind') stored,
  object_key  text generated always as (body::jsonb -> 'object' ->> 'key') stored,
  request_id  text generated always as (body::jsonb ->> 'request') stored
);
create index audit_event_object on audit_event (object_kind, object_key);
call make_append_only('audit_event');
grant insert on audit_event to answerable_app;

-- The newest event; number 0 and 64 zeros before the first. It runs as the owner, so that a unit owner's deed can
-- continue the chain without reading it.
create function audit_head(out event_no bigint, out hash text)
  language sql security definer set search_path = pg_catalog, public
as $$
  select coalesce(max(e.event_no), 0), coalesce((array_agg(e.hash order by e.event_no desc))[1], repeat('0', 64))
  from (select event_no, hash from audit_event order by event_no desc limit 1) e
$$;
revoke execute on function audit_head() from public;
grant execute on function audit_head() to answerable_app, answerable_books;

-- Nobody can append what does not continue the chain, whatever the code forgets.
create function check_audit_chain() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  head record;
begin
  select * into head from audit_head();
  if new.event_no <> head.event_no + 1 or new.prev_hash <> head.hash
    or new.leaf_hash <> encode(sha256(convert_to(new.body, 'UTF8')), 'hex')
    or (new.body::jsonb ->> 'no')::bigint is distinct from new.event_no
    or new.hash <> encode(sha256(convert_to(
      format('{"leaf":"%s","no":%s,"prev":"%s"}', new.leaf_hash, new.event_no, new.prev_hash), 'UTF8')), 'hex')
  then
    raise exception 'answerable: audit event % does not continue the chain after %', new.event_no, head.event_no
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger continues_the_chain before insert on audit_event for each row execute function check_audit_chain();
