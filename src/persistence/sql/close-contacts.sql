-- Contacts of a period as a close reads them, one row for each reason of a contact.
-- $1 first day, $2 last day, $3 first days of the date slices (date[]), $4 watermark, $5 text patterns (text[])
-- $6 exposure rules as JSON: [{"rule": "…", "days": 45, "decisions": ["…"] or null for all, "ages": whether ages in days matter}]
-- $7 and $8 least and greatest customer key of the contacts that come, without those that name no customer; null: all come
-- $9 reason and $10 channel of the contacts that are wanted, or $11 one contact; null for all
-- rows: causes (JSON text of [[rule, decision, day of the hit, age in days or 0], …], by rule
-- as given, nearest hit first, ties by decision code; null without), known (names its customer), tagged_on (day of contacts with a decision code), contact_id, cell_no, reason_code (of a segment, else null), slice (1-based), repeat, hits (numbers of the patterns, 1-based), parts, seconds
-- It runs on a cluster, too: what is not materialized stays where the customer is (joins and windows are by customer_key),
-- what is materialized is small, gathered once and sent to every node (test/house/push-down.spec.ts holds it to that).
with
corrected as materialized (
  select distinct contact_id from contact where started_on between $1::date - 8 and $2::date and import_id <= $4 and sign = -1
),
-- Of corrected contacts the newest version stands, unless it was taken back or moved away: its import, or null. Versions
-- under another customer cancel by themselves.
standing as materialized (
  select contact_id, max(case when net > 0 then import_id end) as import_id
  from (
    select c.customer_key, c.contact_id, sum(c.sign) as net, max(c.import_id) filter (where c.sign = 1) as import_id
    from contact c join corrected using (contact_id)
    where c.started_on between $1::date - 8 and $2::date and c.import_id <= $4 group by c.customer_key, c.contact_id
  ) versions
  group by contact_id
),
live as not materialized (
  select c.customer_key, c.contact_id, c.customer_id is not null as known, c.started_at, c.started_on,
    c.case_id, c.cell_no, c.handle_seconds, c.text
  from contact c left join standing k on k.contact_id = c.contact_id
  where c.started_on between $1::date - 8 and $2::date and c.import_id <= $4 and c.sign = 1
    and (k.contact_id is null or k.import_id = c.import_id)
),
segmented as materialized (
  select contact_id from contact_segment
  where started_on between $1::date and $2::date and import_id <= $4 and reason_code = $9::text
),
-- Those that are wanted; what tells whether they repeat, and who was hit, is then read of their customers and cases alone.
wanted as materialized (
  select l.contact_id, l.customer_key, l.case_id from live l join cell d using (cell_no)
  where l.contact_id = $11::text or d.channel = $10::text and (d.reason_code = $9::text
    or l.contact_id in (select contact_id from segmented))
),
sampled as materialized (
  select case_id from contact
  where started_on between $1::date - 8 and $2::date and customer_key between $7::bigint and $8::bigint and case_id is not null
),
-- A repeat: same customer and reason, or same case, within 7 days after a contact that was not escalated to a unit.
-- A case may have contacts of several customers, so it is looked at apart, by its instants alone.
in_case as materialized (
  select l.contact_id, l.case_id, l.started_at, d.escalated from live l join cell d using (cell_no)
  where l.case_id is not null and ($7::bigint is null or l.case_id in (select case_id from sampled))
    and ($10::text is null and $11::text is null or l.case_id in (select case_id from wanted))
),
repeat_in_case as materialized (
  select contact_id from (
    select contact_id, count(*) filter (where not escalated) over (partition by case_id order by started_at
      range between interval '168 hours' preceding and interval '1 microsecond' preceding) as before
    from in_case) instants
  where before > 0
),
seen as not materialized (
  select l.*, d.decision_code,
    l.known and count(*) filter (where not d.escalated) over by_customer > 0 as repeat_of_customer
  from live l join cell d using (cell_no)
  where ($7::bigint is null or l.customer_key between $7::bigint and $8::bigint)
    and ($10::text is null and $11::text is null or l.contact_id in (select contact_id from wanted)
      or l.known and l.customer_key in (select customer_key from wanted))
  window
    by_customer as (partition by l.customer_key, d.reason_code order by l.started_at
      range between interval '168 hours' preceding and interval '1 microsecond' preceding)
),
-- Hits that count: several exposures to one decision count once, the latest. Waived ones are hits, too.
rule as materialized (
  select number, rule, days, decisions, ages
  from rows from (jsonb_to_recordset($6::jsonb) as (rule text, days int, decisions jsonb, ages boolean)) with ordinality as r(rule, days, decisions, ages, number)
),
hit as not materialized (
  select customer_key, decision_code, occurred_at, occurred_on, exposure_id from exposure
  where occurred_on between $1::date - coalesce((select max(days) from rule), 0) - 1 and $2::date and import_id <= $4
    and exists (select from rule) and ($7::bigint is null or customer_key between $7::bigint and $8::bigint)
    and ($10::text is null and $11::text is null or customer_key in (select customer_key from wanted))
  group by customer_key, decision_code, occurred_at, occurred_on, exposure_id having sum(sign) > 0
),
cause as not materialized (
  select l.customer_key, l.contact_id, r.number, r.rule, h.decision_code, r.ages,
    max(h.occurred_at) as occurred_at,
    (array_agg(h.occurred_on order by h.occurred_at desc))[1] as occurred_on,
    max(l.started_at) as started_at
  from hit h
    join live l on l.customer_key = h.customer_key and l.known and l.started_on >= $1::date
    join rule r on h.occurred_at < l.started_at and h.occurred_at >= l.started_at - make_interval(hours => r.days * 24)
      and (r.decisions is null or jsonb_typeof(r.decisions) = 'null' or r.decisions ? h.decision_code)
  where ($7::bigint is null or l.customer_key between $7::bigint and $8::bigint)
    and ($10::text is null and $11::text is null or l.contact_id in (select contact_id from wanted))
  group by l.customer_key, l.contact_id, r.number, r.rule, h.decision_code, r.ages
),
causes as not materialized (
  select customer_key, contact_id, jsonb_agg(jsonb_build_array(rule, decision_code, occurred_on,
      case when ages then floor(extract(epoch from started_at - occurred_at) / 86400)::int else 0 end)
    order by number, occurred_at desc, decision_code collate "C")::text as causes
  from cause group by customer_key, contact_id
),
-- A segment names no customer, and its contact may be given another: these are placed by contact, summed there, gathered.
segment as (
  select contact_id, reason_code, sum(sign * handle_seconds)::bigint as seconds
  from contact_segment
  where started_on between $1::date and $2::date and import_id <= $4
  group by contact_id, reason_code having sum(sign) > 0
),
weighed as (
  select *, case when sum(seconds) over (partition by contact_id) = 0 then 1 else seconds end as weight from segment
),
-- 720,720 parts of a contact by largest remainder over its segments' seconds, ties by reason code.
quota as (
  select *, trunc(720720 * weight::numeric / sum(weight) over (partition by contact_id)) as whole,
    mod(720720 * weight::numeric, sum(weight) over (partition by contact_id)) as rest
  from (select contact_id, reason_code, seconds, weight::bigint as weight from weighed) w
),
segment_parts as materialized (
  select contact_id, reason_code, seconds,
    whole::bigint + case when row_number() over (partition by contact_id order by rest desc, reason_code collate "C")
      <= 720720 - sum(whole) over (partition by contact_id) then 1 else 0 end as parts
  from quota
),
split as (
  select x.causes, s.known, case when s.decision_code is not null then s.started_on end as tagged_on, s.contact_id, s.cell_no, p.reason_code, s.started_on, s.text,
    s.repeat_of_customer or c.contact_id is not null as repeat,
    coalesce(p.parts, 720720) as parts,
    case when p.contact_id is null then s.handle_seconds else p.seconds end as seconds
  from seen s left join segment_parts p on p.contact_id = s.contact_id
    left join repeat_in_case c on c.contact_id = s.contact_id
    left join causes x on x.customer_key = s.customer_key and x.contact_id = s.contact_id
  where s.started_on >= $1::date and ($7::bigint is null or s.customer_key between $7::bigint and $8::bigint)
    and ($10::text is null and $11::text is null or s.contact_id in (select contact_id from wanted))
)
select causes, known, tagged_on, contact_id, cell_no, reason_code, width_bucket(started_on, $3::date[]) as slice, repeat,
  case when text is not null then
    array(select p.number::int from unnest($5::text[]) with ordinality as p(pattern, number) where text ~* p.pattern order by p.number)
  else '{}' end as hits,
  parts, seconds
from split
