import type { Register } from '../domain/attribution/register.ts';
import { incrementalByComparison, type Comparison } from '../domain/causality/comparison.ts';
import type { ControlSeries } from '../domain/causality/controls.ts';
import { incremental, NEAR_DAYS, type IncrementalRequest } from '../domain/causality/incremental.ts';
import { seriesPlan, type SeriesCell, type SeriesRule } from '../domain/decisions/decision-series.ts';
import { Refusal } from '../domain/errors.ts';
import { addDays, daysBetween, periodOf, type LocalDate, type Period } from '../domain/period.ts';
import { cellList } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { holidayList, seriesCells, seriesDays, volumeDays } from '../persistence/series.queries.ts';
import { keptOr, type Keeping } from './kept-figures.ts';

/** What was found of a decision's contacts, or why nothing can be said. */
export type Evidence =
  | { readonly found: Comparison; readonly why: string; readonly every: 'day' | 'week' }
  | { readonly found: undefined; readonly why: string };

/** The rule of a model that asks; a decision without a rule is held against what there is. */
export interface EvidenceRule extends SeriesRule {
  readonly offset?: string | undefined;
  readonly counterfactual?: 'regression' | 'difference_in_differences' | 'synthetic_control' | undefined;
}

/** `offset` of a rule that carries the base by the contacts of its controls. */
const BY_CONTROLS = 'controls';

/** What holds of every figure here, printed with it. */
export const LIMITS: readonly string[] = [
  'What else began in the same weeks and is not registered counts as the decision’s.',
  'Controls are taken to be untouched by the decision; counts include repeat contacts.',
];

/** What is read for it, beside the cells of contacts, which never change. */
const EVIDENCE_KINDS = ['contacts', 'units', 'reasons', 'decisions', 'decision_owners', 'calendar', 'volumes'];
const FIRST_MONTH = '0001-01' as Period;

/** Below this many contacts a day before the decision, weeks are counted. */
const FEWEST_A_DAY = 5;

/** Holds decisions against the daily contacts of the books up to a watermark. One for each transaction and last day. */
export class EvidenceDesk {
  private cells: Promise<{ cells: SeriesCell[]; first: LocalDate | undefined }> | undefined;
  private holidays: Promise<LocalDate[]> | undefined;
  private touched: Promise<string> | undefined;

  constructor(
    private readonly tx: Tx,
    private readonly register: Register,
    private readonly mark: string,
    private readonly until: LocalDate,
    private readonly keeping: Keeping = 'no',
  ) {}

  /** Contacts above the expected ones of a registered decision (method 6). */
  async of(code: string, rule: EvidenceRule = {}): Promise<Evidence> {
    const { reasons = null, controls = null, offset = null, counterfactual = null } = rule;
    const mark = (this.touched ??= touchingMark(this.tx, this.mark, {
      ...{ kinds: EVIDENCE_KINDS, from: FIRST_MONTH, to: periodOf(this.until) },
    }));
    const basis = {
      subject: `evidence of ${code}`,
      on: [this.until, { reasons, controls, offset, counterfactual }, await mark],
    };
    return await keptOr(this.tx, this.keeping, basis, () => this.find(code, rule));
  }

  private async find(code: string, rule: EvidenceRule): Promise<Evidence> {
    const request = await this.request(code, rule);
    if (typeof request === 'string') return { found: undefined, why: request };
    const { counterfactual: method = 'regression' } = rule;
    try {
      const found = method === 'regression' ? incremental(request)[0]! : compared(request, method);
      return { found, why: found.why, every: request.every };
    } catch (error) {
      if (error instanceof Refusal) return { found: undefined, why: refusedWhy(error, request) };
      throw error;
    }
  }

  private async request(code: string, rule: EvidenceRule): Promise<IncrementalRequest | string> {
    const start = this.register.decisions.get(code)?.attachesFrom;
    if (start === undefined) return `decision ${code} is not registered`;
    if (start > this.until) return `too early: the decision begins on ${start}`;
    const { cells, first } = await this.readCells();
    const plan = seriesPlan(code, rule, cells, this.register, this.until);
    if (plan.own.length === 0 || first === undefined) return 'no contacts of these reasons';
    if (rule.offset === BY_CONTROLS && plan.controls.length === 0) return 'no contacts of the controls';
    const compares = (rule.counterfactual ?? 'regression') !== 'regression';
    const volumes = compares || rule.offset === BY_CONTROLS ? undefined : await this.volumes(code, rule.offset, first);
    if (typeof volumes === 'string') return volumes;
    const since = volumes && volumes.since > first ? volumes.since : first;
    if (since >= start) return 'pre-period too short: the books begin with the decision';

    const days = Array.from({ length: daysBetween(since, this.until) + 1 }, (_, i) => addDays(since, i));
    const series = await seriesDays(this.tx, [plan.own, ...plan.controls.map(({ cells }) => cells)], days, this.mark);
    const before = daysBetween(since, start);
    const every = compares || sum(series[0]!.subarray(0, before)) < FEWEST_A_DAY * before ? 'week' : 'day';
    // Weeks are counted from the decision on, so that none lies on both sides of it.
    const rows = every === 'day' ? days.map((_, i) => [i, i + 1] as const) : weeks(before, days.length);
    const rowsOf = (counts: Float64Array): number[] => rows.map(([from, to]) => sum(counts.subarray(from, to)));
    const controls = plan.controls.map(({ name }, i) => ({ name, counts: rowsOf(series[i + 1]!) }));
    const offset = volumes && rowsOf(Float64Array.from(days, (day) => volumes.on(day)));
    return {
      every,
      dates: rows.map(([from]) => days[from]!),
      counts: rowsOf(series[0]!),
      decisions: plan.decisions,
      otherEvents: plan.otherEvents,
      exposure: rule.offset === BY_CONTROLS ? carried(controls) : offset,
      exposureName:
        rule.offset === BY_CONTROLS ? `contacts of ${controls.map(({ name }) => name).join(', ')}` : rule.offset,
      holidays: await (this.holidays ??= holidayList(this.tx, this.mark)),
      controls: rule.offset === BY_CONTROLS ? [] : controls,
    };
  }

  /** Values of the measure by day, each standing until the next; a measure that nobody asked for only if it covers all. */
  private async volumes(
    code: string,
    asked: string | undefined,
    first: LocalDate,
  ): Promise<{ since: LocalDate; on: (day: LocalDate) => number } | undefined | string> {
    const measure = asked ?? 'customers';
    const population = this.register.decisions.get(code)!.population ?? '';
    const own = await volumeDays(this.tx, measure, population, this.mark);
    const rows = own.length > 0 || population === '' ? own : await volumeDays(this.tx, measure, '', this.mark);
    const since = rows[0]?.day;
    const usable = since !== undefined && rows.every(({ value }) => Number(value) > 0);
    if (asked !== undefined && !usable) return `no volumes of ${asked}, or some that are not above zero`;
    if (!usable || (asked === undefined && since > first)) return undefined;
    let at = 0;
    return {
      since,
      on: (day) => {
        while (at > 0 && rows[at]!.day > day) at--;
        while (at + 1 < rows.length && rows[at + 1]!.day <= day) at++;
        return Number(rows[at]!.value);
      },
    };
  }

  private async readCells(): Promise<{ cells: SeriesCell[]; first: LocalDate | undefined }> {
    return await (this.cells ??= this.findCells());
  }

  private async findCells(): Promise<{ cells: SeriesCell[]; first: LocalDate | undefined }> {
    const totals = await seriesCells(this.tx, this.until, this.mark);
    const dimensions = await cellList(this.tx);
    return {
      cells: totals.map(({ cell_no, contacts }) => {
        const { reason_code: reason, ...rest } = dimensions.get(cell_no)!;
        return { cell: cell_no, dimensions: { ...rest, reason }, contacts: Number(contacts) };
      }),
      first: totals.map((total) => total.first_day).sort()[0],
    };
  }
}

/** The decision's own contacts held against the controls, each a group. @throws Refusal near_decisions */
function compared(
  { dates, counts, decisions, controls, otherEvents }: IncrementalRequest,
  method: 'difference_in_differences' | 'synthetic_control',
): Comparison {
  const [decision, ...near] = decisions;
  if (near.length > 0) throw new Refusal('near_decisions', 'a comparison cannot tell them apart');
  return incrementalByComparison({
    ...{ weeks: dates, decision: decision!, method, otherEvents },
    treated: [{ name: decision!.code, counts }],
    comparison: controls ?? [],
  });
}

/** Decisions on the same contacts that lie too close together are not chargeable, and it says which. */
function refusedWhy(error: Refusal, { decisions }: IncrementalRequest): string {
  if (decisions.length === 1 || !['near_decisions', 'not_identified'].includes(error.code)) return error.message;
  const others = decisions.slice(1).map(({ code }) => code);
  return `not chargeable: ${others.join(', ')} began less than ${NEAR_DAYS / 7} weeks apart on the same contacts, and ${error.message}`;
}

/** Contacts of all controls by row; half a contact where none came. */
function carried(controls: readonly ControlSeries[]): number[] {
  return Array.from(controls[0]!.counts, (_, row) =>
    Math.max(
      0.5,
      controls.reduce((all, { counts }) => all + counts[row]!, 0),
    ),
  );
}

/** Whole weeks [from, to) that meet at row `start`. */
function weeks(start: number, length: number): (readonly [number, number])[] {
  const all: (readonly [number, number])[] = [];
  for (let from = start % 7; from + 7 <= length; from += 7) all.push([from, from + 7]);
  return all;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
