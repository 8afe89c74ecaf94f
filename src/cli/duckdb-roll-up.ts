import { addDays, firstDay, lastDay, type LocalDate } from '../domain/period.ts';
import type { ContactReading, ExposureRule } from '../persistence/close-inputs.queries.ts';
import { date, text, texts } from './duckdb-text.ts';

/** A period's roll-up as DuckDB is asked for it. */
export type RollUpQuestion = Pick<ContactReading, 'period' | 'cuts' | 'exposureRules'>;

/** A contact is a repeat of one at most so many hours before. */
const REPEAT_HOURS = 168;
const PARTS = 720_720;

/**
 * Statements that roll up all periods in one pass, in their order, each into a table of its own: the days asked for; the
 * contacts, narrow, with those of the days before; which of them are repeats; what exposures they are put down to; and the
 * cells. Contacts find each other and their exposures by hash joins on few columns, and are read whole only once, when
 * they are summed: a window over whole rows costs several times as much, and one over the cases goes through all contacts
 * that have none as if they were of one case.
 */
export function rollUpStatements(questions: readonly RollUpQuestion[]) {
  const sets: RuleSets = new Map(questions.map((question) => [ruleSetOf(question), question.exposureRules]));
  const days = [...questions].map(({ period }) => period).sort();
  const [first, last] = [firstDay(days[0]!), lastDay(days.at(-1)!)];
  return {
    day: `create temp table day(started_on, month, slice, rules) as values ${dayRows(questions, sets).join(', ')}`,
    touch: `
create temp table touch as
select c.rowid as id, c.customer_id, c.reason_code, c.case_id, c.started_at as began, c.started_at - to_hours(${REPEAT_HOURS}) as since,
  coalesce(c.escalated, false) as escalated, d.month, d.rules
from contacts c left join day d using (started_on)
where c.started_on between ${date(addDays(first, -8))} and ${date(last)}`,
    again: `
create temp table again as
${repeats('customer_id', 'reason_code')}
union
${repeats('case_id')}`,
    cause: causeStatement(sets, first, last),
    cell: CELL_STATEMENT,
  };
}

/** Contacts before which one that was not escalated named the same. */
const repeats = (...same: readonly string[]): string => `
select c.id from touch c semi join (select ${same.join(', ')}, began from touch where not escalated and ${same[0]} is not null) e
  on ${same.map((column) => `c.${column} = e.${column}`).join(' and ')} and e.began < c.began and e.began >= c.since
where c.month is not null`;

/** Lists of exposure rules that periods share, each once, by what is the same in them. */
type RuleSets = ReadonlyMap<string, readonly ExposureRule[]>;
const ruleSetOf = ({ exposureRules }: RollUpQuestion): string => JSON.stringify(exposureRules);

function dayRows(questions: readonly RollUpQuestion[], sets: RuleSets): string[] {
  const numbers = [...sets.keys()];
  return questions.flatMap((question) => {
    const { period, cuts } = question;
    const rows: string[] = [];
    for (let day = firstDay(period); day <= lastDay(period); day = addDays(day, 1)) {
      const slice = cuts.filter((cut) => cut <= day).length;
      rows.push(`(${date(day)}, ${text(period)}, ${slice}, ${numbers.indexOf(ruleSetOf(question))})`);
    }
    return rows;
  });
}

/** Contacts with the text of their causes: of each rule the decisions, each by its latest hit, nearest first. */
function causeStatement(sets: RuleSets, first: LocalDate, last: LocalDate): string {
  const rules = [...sets.values()].flatMap((list, set) =>
    list.map(
      ({ rule, days, decisions, ages }, i) =>
        `(${set}, ${i}, ${text(rule)}, ${days}, ${decisions ? texts(decisions) : 'null::varchar[]'}, ${ages})`,
    ),
  );
  const longest = Math.max(0, ...[...sets.values()].flat().map(({ days }) => days));
  return `
create temp table cause as
with
rule(rules, number, rule, days, decisions, ages) as (${rules.length === 0 ? 'select 0, 0, null, 0, null::varchar[], false where false' : `values ${rules.join(', ')}`}),
hit as (
  select e.customer_id, e.decision_code, e.occurred_at as struck, e.occurred_on as hit_on, e.occurred_at + to_hours(r.days * 24) as until, r.rules, r.number, r.rule, r.ages
  from exposures e join rule r on r.decisions is null or list_contains(r.decisions, e.decision_code)
  where e.occurred_on between ${date(addDays(first, -longest - 1))} and ${date(last)}
),
latest as (
  select t.id, any_value(t.month) as month, h.number, h.decision_code, any_value(h.rule) as rule, any_value(h.ages) as ages,
    max(h.struck) as hit_at, arg_max(h.hit_on, h.struck) as hit_on, any_value(t.began) as began
  from touch t join hit h on h.customer_id = t.customer_id and h.rules = t.rules and h.struck < t.began and h.until >= t.began
  group by t.id, h.number, h.decision_code
),
worded as (
  select id, month, {number: number, before: -epoch_us(hit_at), decision: decision_code, cause: rule || '|' || decision_code || '|' || hit_on || '|' ||
    case when ages then (epoch_us(began) - epoch_us(hit_at)) // 86400000000 else 0 end} as worded
  from latest
)
select id, any_value(month) as month, array_to_string(list_transform(list_sort(list(worded)), lambda w: w.cause), ';') as causes
from worded group by id`;
}

const CELL_STATEMENT = `
create temp table cell as
with
segment as (
  select contact_id, reason_code, handle_seconds as seconds,
    case when sum(handle_seconds) over (partition by contact_id) = 0 then 1 else handle_seconds end as weight
  from contact_segments
),
quota as (
  select *, ${PARTS} * weight // sum(weight) over (partition by contact_id) as whole, ${PARTS} * weight % sum(weight) over (partition by contact_id) as rest
  from segment
),
part as (
  select contact_id, reason_code as part_reason, seconds, whole + case when row_number() over (partition by contact_id order by rest desc, reason_code)
    <= ${PARTS} - sum(whole) over (partition by contact_id) then 1 else 0 end as parts
  from quota
),
split as (
  select c.*, d.month, d.slice, p.part_reason, a.id is not null as repeat, x.causes, coalesce(p.parts, ${PARTS}) as parts,
    case when p.contact_id is null then c.handle_seconds else p.seconds end as seconds
  from contacts c join day d using (started_on)
    left join part p on p.contact_id = c.contact_id left join again a on a.id = c.rowid left join cause x on x.id = c.rowid
)
select month, channel, reason_code, queue, site, vendor, product, segment, language, decision_code, direction,
  coalesce(escalated, false) as escalated, transferred_from is not null as transferred, part_reason, slice, repeat, causes,
  customer_id is not null as known, case when decision_code is not null then started_on end as tagged_on,
  sum(parts) as parts, coalesce(sum(seconds), 0) as seconds, coalesce(sum(parts) filter (where seconds is null), 0) as untimed_parts
from split group by all`;
