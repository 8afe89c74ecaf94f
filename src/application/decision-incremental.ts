import { Register } from '../domain/attribution/register.ts';
import type { Comparison } from '../domain/causality/comparison.ts';
import type { Look } from '../domain/causality/verdict.ts';
import { Fraction } from '../domain/fraction.ts';
import type { Model } from '../domain/model/model.ts';
import { addDays, lastDay, type LocalDate, type Period } from '../domain/period.ts';
import { decisionList, ownerList, reasonList, unitList } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { exposureDays } from '../persistence/decisions.queries.ts';
import { EvidenceDesk, LIMITS } from './decision-evidence.ts';
import type { Keeping } from './kept-figures.ts';

/** Contacts that would not have come without the decision; numbers are null where nothing could be estimated. */
export interface IncrementalReport {
  readonly estimate: string | null;
  readonly low: string | null;
  readonly high: string | null;
  readonly method: string | null;
  readonly chargeable: boolean;
  readonly why: string;
  /** first and last day of the cumulated figures */
  readonly from: LocalDate | null;
  readonly until: LocalDate | null;
  /** contacts expected without the decision in these days */
  readonly expected: string | null;
  readonly look: {
    readonly weeks: number;
    readonly estimate: string;
    readonly low: string;
    readonly high: string;
  } | null;
  /** before the first look: the effect so far, which charges nobody */
  readonly early: IncrementalReport['look'];
  readonly placebos: { readonly rank: number; readonly count: number } | null;
  readonly controls: readonly { readonly name: string; readonly reason: string }[];
  readonly limits: readonly string[];
}

export interface IncrementalFigures {
  readonly report: IncrementalReport;
  /** contacts of the decision's reasons and those expected without it, by local day; weekly counts evenly over their days */
  readonly daily: ReadonlyMap<LocalDate, { readonly observed: string; readonly expected: string }>;
  /** incremental contacts for an exposure of the same days; null: not chargeable, or no exposures */
  readonly contactRate: Fraction | null;
}

/** A decision held against the contacts up to the last day of a period, by the model's rule for it when there is one. */
export async function incrementalFigures(
  tx: Tx,
  of: {
    readonly code: string;
    readonly model: Model;
    readonly last: Period;
    readonly mark: string;
    readonly keeping: Keeping;
  },
): Promise<IncrementalFigures> {
  const { code, model, last, mark } = of;
  const register = new Register({
    units: await unitList(tx, mark),
    decisions: await decisionList(tx, mark),
    owners: await ownerList(tx, mark),
    reasons: await reasonList(tx, mark),
  });
  const rule = model.rules.find((candidate) => candidate.incremental === code);
  const evidence = await new EvidenceDesk(tx, register, mark, lastDay(last), of.keeping).of(code, rule);
  const { found } = evidence;
  if (!found) return { report: { ...NOTHING, why: evidence.why }, daily: new Map(), contactRate: null };
  const shown = found.look ?? found.early;
  return {
    report: {
      estimate: found.estimate.toFixed(6),
      low: found.low.toFixed(6),
      high: found.high.toFixed(6),
      method: `${evidence.every === 'day' ? 'daily' : 'weekly'} ${found.method}`,
      chargeable: found.chargeable,
      why: found.why,
      from: found.from,
      until: found.until,
      expected: found.expected.toFixed(6),
      look: lookText(found.look),
      early: lookText(found.early),
      placebos: shown ? { rank: shown.placebo.rank, count: shown.placebo.count } : null,
      controls: found.controls.map(({ name, reason }) => ({ name, reason })),
      limits: LIMITS,
    },
    daily: dailyText(found, evidence.every === 'day' ? 1 : 7),
    contactRate: found.chargeable ? await rateOf(tx, code, found, mark) : null,
  };
}

const NOTHING = {
  estimate: null,
  low: null,
  high: null,
  method: null,
  chargeable: false,
  from: null,
  until: null,
  expected: null,
  look: null,
  early: null,
  placebos: null,
  controls: [],
  limits: LIMITS,
} as const;

function lookText(look: Look | undefined): IncrementalReport['look'] {
  if (!look) return null;
  const { weeks, estimate, low, high } = look;
  return { weeks, estimate: estimate.toFixed(6), low: low.toFixed(6), high: high.toFixed(6) };
}

/** For who asked for no evidence. */
export const NOT_ASKED: IncrementalFigures = {
  report: { ...NOTHING, why: 'not asked for' },
  daily: new Map(),
  contactRate: null,
};

function dailyText(found: Comparison, each: number): IncrementalFigures['daily'] {
  const days = new Map<LocalDate, { observed: string; expected: string }>();
  for (const { date, contacts, expected } of found.daily) {
    const text = { observed: trimmed(contacts / each), expected: trimmed(expected / each) };
    for (let d = 0; d < each; d++) days.set(addDays(date, d), text);
  }
  return days;
}

async function rateOf(tx: Tx, code: string, found: Comparison, mark: string): Promise<Fraction | null> {
  const days = await exposureDays(tx, code, found.from, found.until, mark);
  const exposures = days.reduce((sum, day) => sum + BigInt(day.exposures), 0n);
  return exposures === 0n ? null : Fraction.parse(found.estimate.toFixed(6)).over(exposures);
}

const trimmed = (value: number): string => String(Number(value.toFixed(6)));
