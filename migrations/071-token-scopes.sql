-- A token may be held to less than its holder may do: to a role, and to units. Guesses are counted where every process of
-- the service sees them, and a restart forgets none.
alter table api_token
  add column role text check (role in ('finance', 'controller', 'cfo', 'unit_owner', 'service_leader', 'auditor', 'admin')),
  add column unit_list text[] check (unit_list is null or role = 'unit_owner');

create unlogged table guess_count (
  key      text primary key,
  hits     integer not null,
  resets_at timestamptz not null
);
grant select, insert, update, delete on guess_count to answerable_books;
