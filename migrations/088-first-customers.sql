-- The first file of customers, often the only large one: its rows come first and their index after them, as with facts.
-- True when there are none yet, and then their index is gone, unless somebody is reading the empty table just now.
create function begin_customers() returns boolean
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  patience text := current_setting('lock_timeout');
begin
  if exists (select from customer) then
    return false;
  end if;
  begin
    perform set_config('lock_timeout', '1s', true);
    drop index customer_by_key;
  exception when lock_not_available then
    null;
  end;
  perform set_config('lock_timeout', patience, true);
  return true;
end $$;

-- Makes the index of customers that begin_customers took away.
create function index_customers() returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  perform set_config('max_parallel_maintenance_workers', '0', true);
  create index if not exists customer_by_key on customer (customer_key);
end $$;
revoke execute on function begin_customers(), index_customers() from public;
grant execute on function begin_customers(), index_customers() to answerable_books;
