-- Files of several facts are imported side by side (one folder, one holder of the lock of imports): a month of revenue need
-- not wait for the import that makes a month of contacts. Else as before.
create or replace function ensure_month(fact text, month date) returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  part text := format('%s_%s', fact, to_char(month, 'YYYY_MM'));
begin
  if fact not in ('contact', 'contact_segment', 'exposure', 'revenue') or month <> date_trunc('month', month) then
    raise exception 'answerable: no partition of % for %', fact, month;
  end if;
  if to_regclass('public.' || quote_ident(part)) is null then
    perform pg_advisory_xact_lock(hashtext('answerable ensure_month ' || fact));
    if to_regclass('public.' || quote_ident(part)) is null then
      -- made beside the table and attached: readers of the other months, a close among them, are not kept waiting
      execute format('create table public.%I (like public.%I including all)', part, fact);
      execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)',
        fact, part, month, (month + interval '1 month')::date);
    end if;
  end if;
end $$;
