import { Injectable } from '@nestjs/common';
import { compareKeys } from '../domain/apportionment.ts';
import { Register } from '../domain/attribution/register.ts';
import { Refusal } from '../domain/errors.ts';
import { amountText, minorDigits } from '../domain/money.ts';
import { addDays, addMonths, firstDay, lastDay, type LocalDate, type Period } from '../domain/period.ts';
import { scoreMeasure, type ScoreMeasure } from '../domain/quality/pillars.ts';
import { resolution, type Resolution } from '../domain/quality/resolution.ts';
import { inTopBox } from '../domain/quality/scores.ts';
import { dateOf, daysOf } from '../domain/retention/cohort.ts';
import { toMinor } from '../domain/retention/amount.ts';
import { normalInterval } from '../domain/retention/normal.ts';
import { marginIn } from '../domain/retention/outcome.ts';
import { DAY_SECONDS, REPEAT_WINDOW_DAYS } from '../domain/retention/repeat.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import {
  cellList,
  companyRow,
  decisionList,
  ownerList,
  reasonList,
  unitList,
  watermark,
  type CellRow,
} from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { modelById } from '../persistence/models.queries.ts';
import { periodRun, type PeriodRun } from '../persistence/periods.queries.ts';
import { contactsOfCallers } from '../persistence/retention.queries.ts';
import { runRow } from '../persistence/runs.queries.ts';
import {
  surveyAnswers,
  surveyComments,
  type SalesInContacts,
  type SurveyAnswer,
} from '../persistence/scores.queries.ts';
import { audit } from './audit.ts';
import { ContactOwners } from './contact-owners.ts';
import { keptOr } from './kept-figures.ts';
import { parseModel } from './model-text.ts';
import { reasonMap, salesOf, type ReasonOnMap } from './reason-map.ts';
import { marginsOf, type RetentionSources } from './customer-earnings.ts';

/** Scores of one group: of all, of a unit, a decision or a reason. */
export interface ScoreGroup {
  readonly by: 'all' | 'unit' | 'decision' | 'reason';
  readonly key: string;
  readonly scores: readonly ScoreMeasure[];
  /** first-contact resolution and repeats by behaviour, window and observed share stated; null: no window had ended */
  readonly resolution: Resolution | null;
  /** what customers bought inside these contacts: apart from retention, whose outcomes count none of it */
  readonly sales: { readonly count: number; readonly margin: string };
}

/** What customers did in the half year after an answer, by how good it was: shown, it makes no money. */
export interface ScoreLink {
  readonly metric: string;
  readonly instrument: string;
  /** wow: the best answer of the scale; good: another top box; other: the rest */
  readonly answer: 'wow' | 'good' | 'other';
  readonly customers: number;
  /** contribution margin a customer in the 182 days after the answer, with its 90% interval; decimal text */
  readonly margin: string;
  readonly low: string;
  readonly high: string;
}

export interface Quote {
  readonly metric: string;
  readonly instrument: string;
  readonly score: number;
  readonly good: boolean;
  readonly reason: string | null;
  /** masked when it was imported */
  readonly comment: string;
}

/** `value --scores --json`. A score alone moves no money. */
export interface ScoreReport {
  readonly period: Period;
  readonly currency: string;
  readonly level: number;
  readonly groups: readonly ScoreGroup[];
  readonly links: readonly ScoreLink[];
  /** value–irritant map in money: every reason in one quadrant, with owner and price */
  readonly map: readonly ReasonOnMap[];
  readonly quotes: readonly Quote[];
}

const LEVEL = 0.9;
const LINK_DAYS = 182;
/** Answers of a year whose half years are over: enough to look at, all fully observed. */
const LINK_YEAR = 365;
const QUOTES_OF_A_KIND = 3;

/**
 * Scores beside money (method 10), as answers stand now: many come after the close, and none of them enters a run. Units
 * and decisions are those of the rulebook that the period's run names.
 */
@Injectable()
export class ScoresService {
  constructor(private readonly db: Database) {}

  /** Reads customers' own words, so it is written to the audit log. @throws Refusal no_run */
  async report(actor: Actor, period: Period): Promise<ScoreReport> {
    requireRight(actor, 'read_all');
    return await this.db.books(async (tx) => {
      const head = await periodRun(tx, period, null);
      if (!head)
        throw new Refusal('no_run', `${period} has not been closed`, {
          kind: 'not_found',
          next: `answerable close ${period}`,
        });
      const mark = await watermark(tx);
      const { currency } = (await companyRow(tx))!;
      const basis = { subject: `scores ${period}`, on: [period, mark, head.hash, head.model_hash] };
      const { said, ...figures } = await keptOr(tx, 'keep', basis, () =>
        this.reckon(tx, head, { period, mark, currency }),
      );
      const comments = await surveyComments(
        tx,
        said.map((own) => own.survey),
        mark,
      );
      const quotes = said.map(({ survey, ...own }): Quote => ({ ...own, comment: comments.get(survey)! }));
      await audit(tx, actor, {
        deed: 'survey.read_comments',
        object: { kind: 'period', key: period },
        after: { comments: quotes.length },
      });
      return { period, currency, level: LEVEL, ...figures, quotes };
    });
  }

  /** From the books as they are. What customers said is only pointed to: their words are kept in one place. */
  private async reckon(tx: Tx, head: PeriodRun, books: Pick<RetentionSources, 'period' | 'mark' | 'currency'>) {
    const { period, mark, currency } = books;
    const run = (await runRow(tx, head.run_id))!;
    const model = parseModel((await modelById(tx, run.model_id))!.yaml);
    const register = new Register({
      units: await unitList(tx, mark),
      decisions: await decisionList(tx, mark),
      owners: await ownerList(tx, mark),
      reasons: await reasonList(tx, mark),
    });
    const cells = await cellList(tx);
    const groupsOf = grouping(new ContactOwners(model, register), cells);
    const sources = { ...books, model, register };
    const sales = await salesOf(tx, sources);
    const sold = soldIn(sales, groupsOf, minorDigits(currency)!);
    const before = addMonths(period, -1);
    const answers = await surveyAnswers(tx, firstDay(period), lastDay(period), mark);
    const earlier = await surveyAnswers(tx, firstDay(before), lastDay(before), mark);
    const resolutions = await resolutionsOf(tx, period, mark, groupsOf);
    return {
      groups: scoreGroups(answers, earlier, resolutions, groupsOf).map((own) => ({ ...own, sales: sold(own) })),
      links: await linksOf(tx, sources),
      map: reasonMap(run.document as unknown as StatementSet, register, sales, cells),
      said: saidIn(answers, cells),
    };
  }
}

/** Names of the groups that a contact of a cell on a day belongs to. */
type Grouping = (cellNo: number, day: LocalDate) => readonly string[];

function grouping(owners: ContactOwners, cells: ReadonlyMap<number, CellRow>): Grouping {
  const known = new Map<string, readonly string[]>();
  return (cellNo, day) => {
    const key = `${cellNo} ${day}`;
    let own = known.get(key);
    if (own === undefined) {
      const cell = cells.get(cellNo)!;
      const names = new Set([`reason ${cell.reason_code}`]);
      for (const { unit, decision } of owners.takers(cell, day)) {
        names.add(`unit ${unit}`);
        if (decision !== undefined) names.add(`decision ${decision}`);
      }
      known.set(key, (own = [...names]));
    }
    return own;
  };
}

function scoreGroups(
  answers: readonly SurveyAnswer[],
  earlier: readonly SurveyAnswer[],
  resolutions: ReadonlyMap<string, Resolution>,
  groupsOf: Grouping,
): Omit<ScoreGroup, 'sales'>[] {
  const now = byGroup(answers, groupsOf);
  const before = byGroup(earlier, groupsOf);
  return [...new Set([...now.keys(), ...resolutions.keys()])].sort(compareKeys).map((name) => {
    const [by, ...key] = name.split(' ');
    const scores = [...(now.get(name) ?? new Map<string, SurveyAnswer[]>())]
      .sort(([a], [b]) => compareKeys(a, b))
      .map(([code, own]) => {
        const past = (before.get(name)?.get(code) ?? []).map(({ score }) => score);
        return scoreMeasure({ instrument: own[0]!.instrument, scores: own.map(({ score }) => score) }, past, LEVEL);
      });
    return { by: by as ScoreGroup['by'], key: key.join(' '), scores, resolution: resolutions.get(name) ?? null };
  });
}

function byGroup(answers: readonly SurveyAnswer[], groupsOf: Grouping): Map<string, Map<string, SurveyAnswer[]>> {
  const groups = new Map<string, Map<string, SurveyAnswer[]>>();
  for (const answer of answers) {
    const contact = answer.cellNo === null ? [] : groupsOf(answer.cellNo, answer.contactOn!);
    for (const name of ['all ', ...contact]) {
      const group = groups.get(name) ?? new Map<string, SurveyAnswer[]>();
      group.set(answer.instrument.code, [...(group.get(answer.instrument.code) ?? []), answer]);
      groups.set(name, group);
    }
  }
  return groups;
}

/** Sales inside the contacts of a group, from those by cell and day. */
function soldIn(sales: readonly SalesInContacts[], groupsOf: Grouping, digits: number) {
  const sums = new Map<string, { count: number; minor: bigint }>();
  for (const { cell_no: cell, started_on: day, sales: count, margin_minor: margin } of sales) {
    for (const name of ['all ', ...groupsOf(cell, day)]) {
      const sum = sums.get(name) ?? { count: 0, minor: 0n };
      sums.set(name, { count: sum.count + count, minor: sum.minor + BigInt(margin!) });
    }
  }
  return ({ by, key }: Pick<ScoreGroup, 'by' | 'key'>): ScoreGroup['sales'] => {
    const { count, minor } = sums.get(`${by} ${key}`) ?? { count: 0, minor: 0n };
    return { count, margin: amountText(minor, digits) };
  };
}

/** Resolution of the month's contacts by group; what came in the week after tells, as far as the month's end is known. */
async function resolutionsOf(
  tx: Tx,
  period: Period,
  mark: string,
  groupsOf: Grouping,
): Promise<ReadonlyMap<string, Resolution>> {
  const since = addDays(firstDay(period), -REPEAT_WINDOW_DAYS);
  const rows = await contactsOfCallers(tx, [firstDay(period)], lastDay(period), mark, since);
  const [at, day, cellNo] = rows.values as [Float64Array, Float64Array, Float64Array];
  const { from, to } = daysOf(period);
  const topics = new Map<string, number>();
  const topic = Int32Array.from(cellNo, (cell, i) => {
    const reason = groupsOf(cell, dateOf(day[i]!))[0]!;
    if (!topics.has(reason)) topics.set(reason, topics.size);
    return topics.get(reason)!;
  });
  const recent = Array.from(at.keys());
  const key = rows.key;
  recent.sort((a, b) => (key[a]! < key[b]! ? -1 : key[a]! > key[b]! ? 1 : topic[a]! - topic[b]! || at[a]! - at[b]!));
  let customer = 0;
  const chain = {
    customer: recent.map((i, o) => (o > 0 && key[i] !== key[recent[o - 1]!] ? ++customer : customer)),
    topic: recent.map((i) => topic[i]!),
    startedAt: recent.map((i) => at[i]!),
  };
  const names = recent.map((i) => (day[i]! < from ? [] : ['all ', ...groupsOf(cellNo[i]!, dateOf(day[i]!))]));
  const found = new Map<string, Resolution>();
  for (const name of new Set(names.flat())) {
    try {
      const judged = (i: number): boolean => names[i]!.includes(name);
      found.set(name, resolution(chain, REPEAT_WINDOW_DAYS, to * DAY_SECONDS, LEVEL, judged));
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem; // nobody's window had ended: there is nothing to say
    }
  }
  return found;
}

async function linksOf(tx: Tx, sources: Parameters<typeof marginsOf>[1]): Promise<ScoreLink[]> {
  const until = lastDay(sources.period);
  const [from, to] = [addDays(until, -LINK_DAYS - LINK_YEAR), addDays(until, -LINK_DAYS)];
  const answers = (await surveyAnswers(tx, from, to, sources.mark)).filter((own) => own.customerKey !== null);
  answers.sort((a, b) => (a.customerKey! < b.customerKey! ? -1 : a.customerKey! > b.customerKey! ? 1 : a.day - b.day));
  const { earnings, number } = await marginsOf(
    tx,
    sources,
    answers.map((own) => own.customerKey!),
    from,
  );
  const customer = number(BigInt64Array.from(answers, (own) => own.customerKey!));
  const anchors = { customer, clockStart: answers.map((own) => own.day + 1) };
  const [margins] = marginIn(anchors, earnings, [{ from: 0, to: LINK_DAYS }]);
  const groups = new Map<string, { answer: SurveyAnswer; kind: ScoreLink['answer']; margins: number[] }>();
  answers.forEach((answer, i) => {
    const kind = kindOf(answer);
    const name = `${answer.instrument.metric} ${answer.instrument.code} ${kind}`;
    const own = groups.get(name) ?? { answer, kind, margins: [] };
    own.margins.push(margins![i]!);
    groups.set(name, own);
  });
  return [...groups.entries()]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([, { answer, kind, margins: own }]) => ({
      metric: answer.instrument.metric,
      instrument: answer.instrument.code,
      answer: kind,
      customers: own.length,
      ...meanText(own, minorDigits(sources.currency)!),
    }));
}

function meanText(margins: readonly number[], digits: number): Pick<ScoreLink, 'margin' | 'low' | 'high'> {
  const n = margins.length;
  const mean = margins.reduce((sum, own) => sum + own, 0) / n;
  const squares = margins.reduce((sum, own) => sum + (own - mean) ** 2, 0);
  const { low, high } = normalInterval(mean, n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0, LEVEL);
  const text = (minor: number): string => amountText(toMinor(minor), digits);
  return { margin: text(mean), low: text(low), high: text(high) };
}

function kindOf({ instrument, score }: SurveyAnswer): ScoreLink['answer'] {
  if (score === (instrument.higherIsBetter ? instrument.scaleMax : instrument.scaleMin)) return 'wow';
  return inTopBox(instrument, score) ? 'good' : 'other';
}

/** Which answers are quoted: of the best and of the others, the first few with words. */
function saidIn(
  answers: readonly SurveyAnswer[],
  cells: ReadonlyMap<number, CellRow>,
): (Omit<Quote, 'comment'> & { readonly survey: string })[] {
  const said = answers.filter((own) => own.comment !== null);
  const pick = (good: boolean): SurveyAnswer[] =>
    firstOfEach(said.filter((own) => kindOf(own) === (good ? 'wow' : 'other'))).slice(0, QUOTES_OF_A_KIND);
  return [true, false].flatMap((good) =>
    pick(good).map((own) => ({
      survey: own.survey,
      metric: own.instrument.metric,
      instrument: own.instrument.code,
      score: own.score,
      good,
      reason: own.cellNo === null ? null : cells.get(own.cellNo)!.reason_code,
    })),
  );
}

/** The same words say nothing more the second time. */
function firstOfEach(answers: readonly SurveyAnswer[]): SurveyAnswer[] {
  return [...new Map([...answers].reverse().map((own) => [own.comment, own])).values()].reverse();
}
