import { addMonths, firstDay } from '../domain/period.ts';
import { sha256 } from '../domain/ids.ts';
import { date, text, texts } from './duckdb-text.ts';
import type { RetentionQuestion } from './retention-sums.ts';

const EPISODE_DAYS = 548;
const DELAY = { service: 8, decision: 1 } as const;
const LOOK_BACK_DAYS = 182 + 365 + 1;

const dayNo = (day: string): string => `(${day} - date '1970-01-01')`;

/** How many hits by each decision there were in each month: populations are drawn in their measure. */
export function hitCountStatement({ cohorts, decisions }: RetentionQuestion): string {
  const months = cohorts.filter(({ effect }) => effect === 'decision').map(({ month }) => month);
  return `
select strftime(occurred_on, '%Y-%m') as month, decision_code, count(*)::int as hits from exposures
where list_contains(${texts(['', ...months])}, strftime(occurred_on, '%Y-%m'))
  and list_contains(${texts(decisions.map(({ code }) => code))}, decision_code)
group by all`;
}

/**
 * The retention step of a close in one statement (method 7): episodes, arms, outcomes by window, strata. Its rows are
 * those of retentionSums: key and integers.
 */
export function retentionStatement(
  question: RetentionQuestion,
  hits: readonly { readonly month: string; readonly decision: string; readonly hits: number }[],
): string {
  const { until, cohorts, decisions, windowsDays, marginRate } = question;
  const first = [...cohorts].map(({ month }) => month).sort()[0]!;
  const months = (wanted: 'service' | 'decision'): string =>
    `(values ${cohorts
      .filter(({ effect }) => effect === wanted)
      .map(({ month }) => `(${text(month)}, ${date(firstDay(month))}, ${date(firstDay(addMonths(month, 1)))})`)
      .join(', ')})`;
  const members = hits.map(({ month, decision, hits: count }) => {
    const name = `${month} ${decision}`;
    const start = BigInt.asIntN(64, BigInt(`0x${sha256(name).slice(0, 16)}`));
    const segments = decisions.find(({ code }) => code === decision)!.segments;
    const like = segments?.map((pattern) => `segment like ${text(pattern)} escape '\\'`).join(' or ') ?? 'true';
    const on = date(firstDay(month as typeof first));
    return `
  select ${text(month)} as month, ${text(decision)} as decision, customer_id, row_number() over (order by customer_key) - 1 as i, count(*) over () as members
  from (
    select customer_id, customer_key from customers
    where (${like}) and coalesce(joined_at, ${on}) <= ${on} and coalesce(left_at, ${on}) >= ${on}
    order by (customer_key < ${start}), customer_key limit ${Math.max(10_000, 10 * count)}
  )`;
  });
  const bands = windowsDays.map((to, k) => [windowsDays[k - 1] ?? 0, to] as const);
  const ranges = [...bands.map(([from, to]) => `d >= ${from} and d < ${to}`)];
  ranges.push(
    'd >= -delay - 182 and d < -delay',
    'd >= -delay - 547 and d < -delay - 182',
    'd >= -delay - 365 and d < -delay',
  );
  const sums = ranges.map((range, k) => `coalesce(sum(margin) filter (where ${range}), 0)::bigint as s${k}`);
  const referred = bands.map(
    ([from, to], k) => `coalesce(sum(margin) filter (where d >= ${from} and d < ${to}), 0)::bigint as r${k}`,
  );
  const prior = `s${bands.length + 1}`;
  return `
with recursive
called as (
  select distinct customer_id from contacts c join ${months('service')} m(month, first, next) on c.started_on >= m.first and c.started_on < m.next
  where customer_id is not null and direction is distinct from 'outbound'
),
touch as (
  select customer_id, contact_id, reason_code, epoch(started_at)::bigint as began, ${dayNo('started_on')} as day
  from contacts semi join called using (customer_id) where direction is distinct from 'outbound' and started_on <= ${date(until)}
),
flagged as (
  select *, case when began + 604800 > (${dayNo(date(until))} + 1) * 86400 then -1 when count(*) over later > 0 then 0 else 1 end as resolved
  from touch window later as (partition by customer_id, reason_code order by began range between 1 following and 604800 following)
),
${openings('opening', 'touch', DELAY.service + EPISODE_DAYS)},
opened as (
  select f.* from flagged f join opening o on o.customer_id = f.customer_id and o.day = f.day
  qualify row_number() over (partition by f.customer_id, f.day order by f.began, f.contact_id) = 1
),
hit as (
  select customer_id, exposure_id, decision_code, epoch(occurred_at)::bigint as began, ${dayNo('occurred_on')} as day
  from exposures where occurred_on <= ${date(until)} and list_contains(${texts(decisions.map(({ code }) => code))}, decision_code)
),
${openings('hit_opening', 'hit', DELAY.decision + EPISODE_DAYS)},
hit_opened as (
  select h.* from hit h join hit_opening o on o.customer_id = h.customer_id and o.day = h.day
  qualify row_number() over (partition by h.customer_id, h.day order by h.began, h.decision_code, h.exposure_id) = 1
),
treated as (
  select m.month, m.first, m.next, h.decision_code as decision, h.customer_id, h.day + ${DELAY.decision} as clock,
    row_number() over (partition by m.month, h.decision_code order by h.day) - 1 as r, count(*) over (partition by m.month, h.decision_code) as n
  from hit_opened h join ${months('decision')} m(month, first, next) on h.day >= ${dayNo('m.first')} and h.day < ${dayNo('m.next')}
),
member as (${members.join(' union all ') || "select '' as month, '' as decision, '' as customer_id, 0 as i, 0 as members where false"}
),
counted as (select month, decision, any_value(n) as n from treated group by all),
placed as (
  select m.month, m.decision, m.customer_id, ((2 * m.i + 1) * c.n) // (2 * m.members) as r from member m join counted c using (month, decision)
),
reference as (
  select t.month, t.first, t.next, t.decision, p.customer_id, t.clock from placed p join treated t using (month, decision, r)
),
compared as (
  select * from reference r where not exists (
    select 1 from hit h where h.customer_id = r.customer_id and h.decision_code = r.decision
      and (h.day < r.clock and h.day >= r.clock - ${EPISODE_DAYS} or h.day >= ${dayNo('r.first')} and h.day < ${dayNo('r.next')}))
),
member_row as (
  select 'service ' || m.month as cohort, ${DELAY.service} as delay, o.resolved as arm, o.customer_id, o.day + ${DELAY.service} as clock, o.reason_code as reason
  from opened o join ${months('service')} m(month, first, next) on o.day >= ${dayNo('m.first')} and o.day < ${dayNo('m.next')}
  where o.resolved >= 0
  union all
  select 'decision ' || month || ' ' || decision, ${DELAY.decision}, 1, customer_id, clock, '' from treated
  union all
  select 'decision ' || month || ' ' || decision, ${DELAY.decision}, 0, customer_id, clock, '' from compared
),
numbered as (select *, row_number() over () as id from member_row),
talk as (
  select customer_id, started_at, started_at + to_seconds(handle_seconds) as ended_at from contacts
  where customer_id is not null and handle_seconds is not null
    and started_on between ${date(firstDay(first))} - ${LOOK_BACK_DAYS + 1} and ${date(until)}
),
event as (
  select customer_id, ${dayNo('occurred_on')} as day, coalesce((margin * 100)::bigint, round((amount * 100)::decimal(18, 0) * ${marginRate}::decimal(9, 6))::bigint) as margin
  from revenue r
  where kind not in ('fee', 'referral') and decision_code is null
    and occurred_on between ${date(firstDay(first))} - ${LOOK_BACK_DAYS} and ${date(until)}
    and not (kind in ('purchase', 'renewal', 'expansion')
      and exists (select 1 from talk t where t.customer_id = r.customer_id and r.occurred_at between t.started_at and t.ended_at))
),
came as (
  select referred_customer_id as customer_id, min(${dayNo('occurred_on')}) as day, arg_min(customer_id, occurred_on) as referrer from revenue
  where kind = 'referral' and referred_customer_id is not null
    and occurred_on between ${date(firstDay(first))} - ${LOOK_BACK_DAYS + EPISODE_DAYS} and ${date(until)}
  group by 1
),
credited as (
  select e.customer_id, c.referrer, e.day, e.margin from event e left join came c on c.customer_id = e.customer_id and e.day >= c.day and e.day < c.day + ${EPISODE_DAYS}
),
own as (
  select id, ${sums.join(', ')}
  from (select n.id, n.delay, e.day - n.clock as d, e.margin from numbered n join credited e on e.customer_id = n.customer_id where e.referrer is null)
  group by id
),
brought as (
  select id, ${referred.join(', ')}
  from (select n.id, e.day - n.clock as d, e.margin from numbered n join credited e on e.referrer = n.customer_id)
  group by id
),
earned as (
  select n.*, ${ranges.map((_, k) => `coalesce(o.s${k}, 0) as s${k}`).join(', ')}, ${bands.map((_, k) => `coalesce(b.r${k}, 0) as r${k}`).join(', ')},
    c.segment, greatest(0, n.clock - n.delay - coalesce(${dayNo('c.joined_at')}, -1000000)) as tenure,
    coalesce(${dayNo('c.joined_at')}, -1000000) <= n.clock and coalesce(${dayNo('c.left_at')} + 1, 1000000) > n.clock as active
  from numbered n left join own o using (id) left join brought b using (id) left join customers c on c.customer_id = n.customer_id
),
ranked as (
  select *, row_number() over (partition by cohort order by ${prior}) - 1 as place, count(*) over (partition by cohort) as size from earned
),
cut as (
  select cohort, ${[1, 2, 3, 4].map((k) => `max(${prior}) filter (where place = ${k} * size // 5) as c${k}`).join(', ')}
  from ranked group by cohort
)
select concat_ws(' ', cohort, arm, active::int,
    (tenure >= 90)::int + (tenure >= 365)::int + (tenure >= 1095)::int,
    ${[1, 2, 3, 4].map((k) => `(${prior} >= c${k})::int`).join(' + ')}, coalesce(segment, ''), reason) as key,
  concat_ws(' ', count(*), ${[...ranges.map((_, k) => `sum(s${k})`), ...bands.map((_, k) => `sum(r${k})`)].join(', ')}) as integers
from earned join cut using (cohort) group by 1`;
}

/** Days on which episodes open: a customer's first, then the first that is so many days after an opening. */
function openings(name: string, of: string, apart: number): string {
  return `${name} as (
  select customer_id, min(day) as day from ${of} group by customer_id
  union all
  select e.customer_id, min(e.day) from ${name} o join ${of} e on e.customer_id = o.customer_id and e.day >= o.day + ${apart}
  group by e.customer_id
)`;
}
