import type { Increment } from '../domain/attribution/rule-shares.ts';
import type { Register } from '../domain/attribution/register.ts';
import type { Comparison } from '../domain/causality/comparison.ts';
import { discoveries } from '../domain/causality/multiplicity.ts';
import { Fraction } from '../domain/fraction.ts';
import type { Model, Rule } from '../domain/model/model.ts';
import { firstDay, lastDay, periodOf, type Period } from '../domain/period.ts';
import type { Tx } from '../persistence/database.ts';
import { runRow } from '../persistence/runs.queries.ts';
import { EvidenceDesk, LIMITS, type Evidence } from './decision-evidence.ts';
import type { Keeping } from './kept-figures.ts';

const FALSE_DISCOVERIES = 0.1;

/**
 * What a month posts for each incremental rule (method 6): the contacts of the months on the books so far, less what
 * their runs gave the decision. Nothing when the effect is not chargeable, or not among the discoveries of the close.
 * @param runs standing runs of earlier periods, frozen with the close
 */
export async function incrementsOf(
  tx: Tx,
  of: {
    readonly period: Period;
    readonly mark: string;
    readonly model: Model;
    readonly register: Register;
    readonly runs: readonly string[];
    readonly keeping: Keeping;
  },
): Promise<Increment[]> {
  const rules = of.model.rules.filter((rule) => rule.incremental !== undefined);
  if (rules.length === 0) return [];
  const desk = new EvidenceDesk(tx, of.register, of.mark, lastDay(of.period), of.keeping);
  const evidence: Evidence[] = [];
  for (const rule of rules) evidence.push(await desk.of(rule.incremental!, rule));
  const judged = evidence.flatMap(({ found }) => (found?.look ? [found] : []));
  const passed = discoveries(
    judged.map((found) => found.pValue),
    FALSE_DISCOVERIES,
  );
  const discovered = new Set(judged.filter((_, i) => passed[i]));
  const posted = await postedBy(tx, of.runs);
  return rules.map((rule, i) => {
    const { found, why } = evidence[i]!;
    const nothing = { rule: rule.name, decision: rule.incremental!, point: Fraction.ZERO, bound: Fraction.ZERO };
    if (!found) return { ...nothing, why, evidence: {} };
    const shown = evidenceText(found);
    if (!found.chargeable) return { ...nothing, why, evidence: shown };
    if (!discovered.has(found)) {
      const among = `not chargeable beside ${judged.length} decisions judged in this close (Benjamini–Hochberg at 10%)`;
      return { ...nothing, why: `${among}: ${why}`, evidence: shown };
    }
    if (firstDay(of.period) > found.until)
      return { ...nothing, why: `chargeable until ${found.until}: ${why}`, evidence: shown };
    const own = posted.rows.filter((row) => isOf(row, rule, rules));
    const share = shareOnBooks(found, new Set([...posted.periods, of.period]));
    const due = (cumulated: number, given: (row: PostedRow) => string): Fraction => {
      const before = own.reduce(
        (sum, row) => sum.plus(Fraction.parse(row.earlierContacts)).plus(Fraction.parse(given(row))),
        Fraction.ZERO,
      );
      const left = Fraction.parse((Math.max(0, cumulated) * share).toFixed(6)).minus(before);
      return left.sign > 0 ? left : Fraction.ZERO;
    };
    return {
      ...nothing,
      point: due(found.estimate, (row) => row.pointContacts),
      bound: due(found.low, (row) => row.boundContacts),
      why,
      evidence: { ...shown, shareOnBooks: share.toFixed(6) },
    };
  });
}

/** Share of the expected contacts since the decision that fell into months on the books: earlier ones charged nobody. */
function shareOnBooks(found: Comparison, periods: ReadonlySet<Period>): number {
  const days = found.daily.filter(({ date }) => date >= found.from && date <= found.until);
  const expected = (of: typeof days): number => of.reduce((sum, day) => sum + day.expected, 0);
  const all = expected(days);
  return all === 0 ? 0 : expected(days.filter(({ date }) => periods.has(periodOf(date)))) / all;
}

interface PostedRow {
  readonly rule: string;
  readonly decision: string;
  readonly earlierContacts: string;
  readonly pointContacts: string;
  readonly boundContacts: string;
}

async function postedBy(
  tx: Tx,
  runs: readonly string[],
): Promise<{ rows: readonly PostedRow[]; periods: readonly Period[] }> {
  const rows: PostedRow[] = [];
  const periods: Period[] = [];
  for (const id of runs) {
    const run = (await runRow(tx, id))!;
    periods.push(run.period);
    const { shares } = run.document as unknown as { shares: { incremental: PostedRow[] } };
    rows.push(...shares.incremental);
  }
  return { rows, periods };
}

/** A renamed rule goes on from what the old name posted, as long as it is the only one of its decision. */
function isOf(row: PostedRow, rule: Rule, rules: readonly Rule[]): boolean {
  if (row.decision !== rule.incremental) return false;
  return row.rule === rule.name || rules.filter((other) => other.incremental === rule.incremental).length === 1;
}

function evidenceText(found: Comparison): Record<string, string> {
  const look = found.look;
  return {
    from: found.from,
    until: found.until,
    estimate: found.estimate.toFixed(6),
    low: found.low.toFixed(6),
    high: found.high.toFixed(6),
    method: found.method,
    controls: found.controls.map(({ name, reason }) => `${name}: ${reason}`).join('; '),
    ...(look && { lookWeeks: `${look.weeks}`, placeboRank: `${look.placebo.rank}`, placebos: `${look.placebo.count}` }),
    limits: LIMITS.join(' '),
  };
}
