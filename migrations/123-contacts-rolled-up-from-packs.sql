-- The roll-up of a close reads contacts from packs, too: they name the case, by the hash of its id, and those without a
-- customer are packed beside the others, under the key 0. A few are looked up in the rows: those that were ever taken back.
alter table retention_pack drop constraint retention_pack_fact_check;
alter table retention_pack add constraint retention_pack_fact_check
  check (fact in ('contact', 'unnamed', 'taken', 'revenue', 'referral', 'hit'));

-- key (2 words), instant in microseconds since 2000 (2), day since 1970, cell, import times sign, seconds or -1, twice the
-- length of the id, one more where it has a case, the id filled up to whole words, the hash of the case (2)
drop function contact_record(bigint, timestamptz, date, integer, bigint, integer, text);
create function contact_record(customer_key bigint, started_at timestamptz, started_on date, cell_no integer, signed_import bigint,
    handle_seconds integer, contact_id text, case_id text) returns bytea
  language sql stable parallel safe
  return int8send(customer_key) || timestamptz_send(started_at) || int4send(started_on - date '1970-01-01') || int4send(cell_no)
    || int4send(signed_import::integer) || int4send(coalesce(handle_seconds, -1))
    || int4send(2 * octet_length(contact_id) + (case_id is not null)::integer)
    || textsend(contact_id) || substr('\x000000'::bytea, 1, (4 - octet_length(contact_id) % 4) % 4)
    || coalesce(int8send(hashtextextended(case_id, 0)), ''::bytea);

-- Imports make the same hash themselves: little-endian servers, which all that we run on are.
do $$
begin
  assert hashtextextended('CASE-77', 0) = 9176727801921484405, 'answerable: this server hashes texts in another way';
end $$;

alter table retention_pack disable trigger append_only;
delete from retention_pack where fact = 'contact';
alter table retention_pack enable trigger append_only;

-- What older imports brought. Sorted first: sums that hash would hold all of it in memory.
set local enable_hashagg to off;
insert into retention_pack
select fact, (key >> 58) + 32, import_id, min(started_on), max(started_on), count(*),
  string_agg(contact_record(key, started_at, started_on, cell_no, import_id * sign, handle_seconds, contact_id, case_id), '')
from (
  select case when customer_id is null then 'unnamed' else 'contact' end as fact,
    case when customer_id is null then 0 else customer_key end as key, contact.*
  from contact
  union all
  select 'taken', 0, contact.* from contact where sign = -1
) packed
group by 1, 2, 3, date_trunc('month', started_on);
set local enable_hashagg to default;

-- A roll-up reads the packs of some customers and days; of others not even their pages.
drop index retention_pack_by_bucket;
create index retention_pack_by_bucket on retention_pack (fact, bucket, last_on, first_on);
