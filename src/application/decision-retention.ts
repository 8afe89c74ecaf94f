import { Fraction } from '../domain/fraction.ts';
import { amountText, parseAmount } from '../domain/money.ts';
import type { Period } from '../domain/period.ts';
import type { EffectSection, ForecastSection, IntervalSection } from '../domain/statements/value-document.ts';
import type { RunParts } from '../persistence/decisions.queries.ts';

/** The decision effect at one horizon over the months of a report; amounts as decimal text, losses negative. */
export interface DecisionRetention {
  readonly horizonDays: number;
  /** per customer hit */
  readonly perCustomer: string;
  readonly total: string;
  /** 90%; months are independent, their errors add as squares */
  readonly low: string;
  readonly high: string;
  /** customers hit of months that are final at this horizon, and of months for which there is a forecast alone */
  readonly matured: number;
  readonly provisional: number;
}

/**
 * What a decision did to retention, from the runs of its months: every month's cohort once at each horizon that is final.
 * @returns the readings by horizon, and the effect that the profit and loss takes in: of each month the longest final
 * window, where it may be netted; minor units
 */
export function decisionRetention(
  runs: readonly Pick<RunParts, 'effects' | 'forecasts'>[],
  of: { readonly code: string; readonly first: Period; readonly currency: string; readonly digits: number },
): { readonly readings: readonly DecisionRetention[]; readonly effect: Fraction } {
  const effects: EffectSection[] = [];
  const forecasts: ForecastSection[] = [];
  for (const run of runs) {
    const own = (row: EffectSection | ForecastSection): boolean =>
      row.effect === 'decision' && row.decision === of.code && row.cohort >= of.first;
    effects.push(...(run.effects ?? []).filter((row) => own(row) && row.kind !== 'provisional'));
    forecasts.push(...(run.forecasts ?? []).filter(own));
  }
  const minor = (text: string): bigint => {
    const parsed = parseAmount(text, of.currency);
    return 'minor' in parsed ? parsed.minor : 0n;
  };
  const horizons = [...new Set(effects.map((row) => row.windowDays))].sort((a, b) => a - b);
  const readings = horizons.map((horizonDays): DecisionRetention => {
    const final = effects.filter((row) => row.windowDays === horizonDays);
    const closed = new Set(final.map((row) => row.cohort));
    const ahead = new Map(
      forecasts
        .filter((row) => row.windowDays === horizonDays && !closed.has(row.cohort))
        .map((row) => [row.cohort, row.customers]),
    );
    const totals = final.flatMap(({ total }) => (total === null ? [] : [total]));
    const matured = final.reduce((sum, row) => sum + row.customers, 0);
    const sum = totals.reduce((all, total) => all + minor(total.point), 0n);
    const margin = Math.sqrt(totals.reduce((all, total) => all + halfWidth(total, minor) ** 2, 0));
    const text = (amount: bigint): string => amountText(amount, of.digits);
    return {
      horizonDays,
      perCustomer: text(matured === 0 ? 0n : Fraction.of(sum, matured).rounded()),
      total: text(sum),
      low: text(sum - BigInt(Math.round(margin))),
      high: text(sum + BigInt(Math.round(margin))),
      matured,
      provisional: [...ahead.values()].reduce((all, customers) => all + customers, 0),
    };
  });
  let effect = 0n;
  for (const cohort of new Set(effects.map((row) => row.cohort))) {
    const longest = effects
      .filter((row) => row.cohort === cohort)
      .reduce((best, row) => (row.windowDays > best.windowDays ? row : best));
    if (longest.nettable && longest.total) effect += minor(longest.total.point);
  }
  return { readings, effect: Fraction.of(effect) };
}

function halfWidth({ low, high }: IntervalSection, minor: (text: string) => bigint): number {
  return Number(minor(high) - minor(low)) / 2;
}
