-- Makes a month's partition ready to be filled directly, which spares finding it for every row: 'new' when this made it (its
-- rows can then be frozen at once), 'known' when it was there, 'spread' when facts lie on a cluster and go by their table.
-- As ensure_month: runs as the owner. A partition checks its own bounds and refuses changes as its table does.
create function open_month(fact text, month date) returns text
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  part text := format('%s_%s', fact, to_char(month, 'YYYY_MM'));
  known boolean := to_regclass('public.' || quote_ident(part)) is not null;
begin
  perform ensure_month(fact, month);
  if exists (select from distribution) then
    return 'spread';
  end if;
  if not has_table_privilege('answerable_books', 'public.' || quote_ident(part), 'insert') then
    execute format('grant insert on public.%I to answerable_books', part);
  end if;
  return case when known then 'known' else 'new' end;
end $$;
revoke execute on function open_month(text, date) from public;
grant execute on function open_month(text, date) to answerable_books;
