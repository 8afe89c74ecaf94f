-- Whether the facts are spread over the nodes of a Citus cluster: `answerable distribute` writes a row each time. From then
-- on closes take the SQL road alone, and contacts that name no customer get a key of their own at import.
create table distribution (
  distribution_no integer generated always as identity primary key,
  citus_version   text not null,
  workers         integer not null,
  shards          integer not null,
  distributed_at  timestamptz not null default now()
);
call make_append_only('distribution');
grant select on distribution to answerable_app;

-- The key under which a contact without customer lies on a cluster: the first 8 bytes of SHA-256 of 'contact ' and its id.
-- No customer has it, and its versions keep it.
create function own_contact_key(contact_id text) returns bigint
  language sql immutable strict parallel safe
  return ('x' || left(encode(sha256(convert_to('contact ' || contact_id, 'UTF8')), 'hex'), 16))::bit(64)::bigint;
