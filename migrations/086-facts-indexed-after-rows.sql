-- A month's rows come first and its index of keys after them: building it at once costs half of what inserting each key
-- costs. Partitions therefore carry their own indexes, and their table none that a new partition would have from the start.
drop index contact_by_id;
drop index contact_segment_by_id;
drop index exposure_by_id;
drop index revenue_by_id;

-- Makes the indexes of keys that months of a fact table lack. Said at the end of every import, and then there are none
-- without. As ensure_month: runs as the owner, takes only names of fact tables and first days of months that exist.
create function index_months(fact text, months date[]) returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  id text := case fact when 'contact' then 'contact_id' when 'contact_segment' then 'contact_id' when 'exposure' then 'exposure_id' when 'revenue' then 'event_id' end;
  month date;
  part text;
begin
  if id is null then
    raise exception 'answerable: no months of %', fact;
  end if;
  perform set_config('max_parallel_maintenance_workers', '0', true); -- several share the work and do more of it
  foreach month in array months loop
    part := format('%s_%s', fact, to_char(month, 'YYYY_MM'));
    if to_regclass('public.' || quote_ident(part || '_by_id')) is null then
      execute format('create index %I on public.%I (%I)', part || '_by_id', part, id);
    end if;
  end loop;
end $$;
revoke execute on function index_months(text, date[]) from public;
grant execute on function index_months(text, date[]) to answerable_books;

select index_months(fact, array_agg(to_date(right(part, 7), 'YYYY_MM')))
from (select inhparent::regclass::text as fact, inhrelid::regclass::text as part from pg_inherits
      where inhparent in ('contact'::regclass, 'contact_segment'::regclass, 'exposure'::regclass, 'revenue'::regclass)) month
group by fact;

-- The roll-up of contacts per day and cell is summed by whoever reads it, so an import may bring a day in several parts.
-- Its rows lie in the order of days: a summary of each few pages finds a month as well as a key of every row did.
alter table contact_rollup drop constraint contact_rollup_pkey;
create index contact_rollup_by_day on contact_rollup using brin (started_on) with (pages_per_range = 16, autosummarize = on);
