-- Hits of customers by decisions, and whom customers referred, are packed, too: a close reads a few pages instead of every
-- exposure and every event of revenue.
alter table retention_pack drop constraint retention_pack_fact_check;
alter table retention_pack add constraint retention_pack_fact_check check (fact in ('contact', 'revenue', 'referral', 'hit'));

-- key (2 words), instant in microseconds since 2000 (2), day since 1970, sign, key of the customer who came (2)
create function referral_record(customer_key bigint, occurred_at timestamptz, occurred_on date, sign smallint,
    referred_customer_key bigint) returns bytea
  language sql stable parallel safe
  return int8send(customer_key) || timestamptz_send(occurred_at) || int4send(occurred_on - date '1970-01-01')
    || int4send(sign) || int8send(referred_customer_key);

-- the same up to the sign, length of the decision's code, the code filled up to whole words
create function hit_record(customer_key bigint, occurred_at timestamptz, occurred_on date, sign smallint,
    decision_code text) returns bytea
  language sql stable parallel safe
  return int8send(customer_key) || timestamptz_send(occurred_at) || int4send(occurred_on - date '1970-01-01')
    || int4send(sign) || int4send(octet_length(decision_code)) || textsend(decision_code)
    || substr('\x000000'::bytea, 1, (4 - octet_length(decision_code) % 4) % 4);

-- What older imports brought. Sorted first: sums that hash would hold all of it in memory.
set local enable_hashagg to off;
insert into retention_pack
select 'referral', (customer_key >> 58) + 32, import_id, min(occurred_on), max(occurred_on), count(*),
  string_agg(referral_record(customer_key, occurred_at, occurred_on, sign, referred_customer_key), '')
from revenue where kind = 'referral' and referred_customer_key is not null
group by 2, 3, date_trunc('month', occurred_on);
insert into retention_pack
select 'hit', (customer_key >> 58) + 32, import_id, min(occurred_on), max(occurred_on), count(*),
  string_agg(hit_record(customer_key, occurred_at, occurred_on, sign, decision_code), '')
from exposure
group by 2, 3, date_trunc('month', occurred_on);
set local enable_hashagg to default;
