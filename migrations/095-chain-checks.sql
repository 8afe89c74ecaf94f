-- When the whole audit log was recomputed and found whole, up to which event and by whom: for whoever runs the service, who
-- wants to hear when nobody has looked for long. The log itself is the proof; a row says only that somebody looked.
create table chain_check (
  check_no   bigint generated always as identity primary key,
  event_no   bigint not null,
  checked_by bigint not null references app_user,
  checked_at timestamptz not null default now()
);
call make_append_only('chain_check');

do $$
begin
  assert not has_table_privilege('answerable_app', 'chain_check', 'select');
  assert has_table_privilege('answerable_books', 'chain_check', 'insert');
end $$;
