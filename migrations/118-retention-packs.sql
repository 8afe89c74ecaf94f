-- Facts as retention reads them: records of 32-bit words, highest byte first, packed by customers (the first six bits of
-- their keys, which are signed and in order), so that a close takes those of some customers as they are instead of sending
-- and decoding every row of contacts and revenue. Packed by every import, and by its undo, beside the rows themselves.
create table retention_pack (
  fact      text not null check (fact in ('contact', 'revenue')),
  bucket    smallint not null,
  import_id bigint not null,
  first_on  date not null,                     -- least and greatest day of its facts
  last_on   date not null,
  facts     integer not null,
  records   bytea not null
);
alter table retention_pack alter column records set storage external; -- hashes and instants: there is nothing to compress
create index retention_pack_by_bucket on retention_pack (fact, bucket);
call make_append_only('retention_pack');

-- key (2 words), instant in microseconds since 2000 (2), day since 1970, cell, import times sign, seconds or -1, length of
-- the id, the id filled up to whole words
create function contact_record(customer_key bigint, started_at timestamptz, started_on date, cell_no integer, signed_import bigint,
    handle_seconds integer, contact_id text) returns bytea
  language sql stable parallel safe
  return int8send(customer_key) || timestamptz_send(started_at) || int4send(started_on - date '1970-01-01') || int4send(cell_no)
    || int4send(signed_import::integer) || int4send(coalesce(handle_seconds, -1)) || int4send(octet_length(contact_id))
    || textsend(contact_id) || substr('\x000000'::bytea, 1, (4 - octet_length(contact_id) % 4) % 4);

-- key (2 words), instant (2), twice the day, one more for what can be a sale, twice the currency (five bits a letter), one
-- more where the margin is stated, margin or else amount in minor units (2)
create function revenue_record(customer_key bigint, occurred_at timestamptz, occurred_on date, kind text, currency text,
    margin_minor bigint, amount_minor bigint, sign smallint) returns bytea
  language sql stable parallel safe
  return int8send(customer_key) || timestamptz_send(occurred_at)
    || int4send(2 * (occurred_on - date '1970-01-01') + (kind in ('purchase', 'renewal', 'expansion'))::integer)
    || int4send(2 * (1024 * (ascii(currency) - 64) + 32 * (ascii(substr(currency, 2, 1)) - 64) + ascii(substr(currency, 3, 1)) - 64)
      + (margin_minor is not null)::integer)
    || int8send(coalesce(margin_minor, amount_minor) * sign);

-- What older imports brought. Sorted first: sums that hash would hold all of it in memory.
set local enable_hashagg to off;
insert into retention_pack
select 'contact', (customer_key >> 58) + 32, import_id, min(started_on), max(started_on), count(*),
  string_agg(contact_record(customer_key, started_at, started_on, cell_no, import_id * sign, handle_seconds, contact_id), '')
from contact where customer_id is not null
group by 2, 3, date_trunc('month', started_on);
insert into retention_pack
select 'revenue', (customer_key >> 58) + 32, import_id, min(occurred_on), max(occurred_on), count(*),
  string_agg(revenue_record(customer_key, occurred_at, occurred_on, kind, currency, margin_minor, amount_minor, sign), '')
from revenue where kind not in ('fee', 'referral') and decision_code is null
group by 2, 3, date_trunc('month', occurred_on);
set local enable_hashagg to default;
