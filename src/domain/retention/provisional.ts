import { columnOf } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';
import type { CustomerTable } from './cohort.ts';
import { match } from './comparison.ts';
import type { CohortFacts, ReadingPolicy, RefusedEffect } from './effect.ts';
import type { BuyerArm, ContractArm, Forecast } from './forecast.ts';
import { buyerModels, contractForecast, purchaseForecast } from './forecast.ts';
import { byColumns } from './least-squares.ts';
import { criticalValue } from './normal.ts';
import type { Purchases } from './outcome.ts';
import { discountFactors } from './outcome.ts';

/** A window's effect before the window is over: a forecast for the whole cohort, never mixed with what is matured. */
export interface ForecastEffect {
  readonly kind: 'forecast';
  readonly windowDays: number;
  readonly methods: readonly Forecast['method'][];
  readonly customers: number;
  readonly total: { readonly point: number; readonly low: number; readonly high: number };
}

/**
 * Forecasts of windows: the cohort is matched on what was known before the clock started; each kind of customer is
 * forecast with its own model (contracts: Kaplan–Meier or sBG; else BG/NBD with gamma–gamma) and discounted at the
 * window's end. One by one for each window, in the order given; what does not depend on the window is done once.
 * @param purchases of each row
 */
export function forecastEffects(
  facts: CohortFacts,
  customers: CustomerTable,
  purchases: Purchases,
  policy: ReadingPolicy,
  windowsDays: readonly number[],
): (ForecastEffect | RefusedEffect)[] {
  let known: Ahead | undefined;
  return windowsDays.map((windowDays) => {
    const factor = discountFactors([windowDays], policy.discountRate)[0]!;
    try {
      known ??= ahead(facts, customers, purchases, policy);
      return forecastOf(known, windowDays, factor, policy.level ?? 0.9);
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      return { kind: 'refused', code: problem.code, why: problem.message };
    }
  });
}

/** A matched cohort as it is forecast: kinds of customers, each by its own model. */
interface Ahead {
  readonly customers: number;
  readonly kinds: readonly {
    readonly treated: number;
    readonly forecast: (windowDays: number, level: number) => Forecast;
  }[];
}

function ahead(facts: CohortFacts, customers: CustomerTable, purchases: Purchases, policy: ReadingPolicy): Ahead {
  const { observedThrough } = policy;
  // The models magnify the last digits of the weights (a likelihood may be all but flat), and a forecast that was made
  // stands in a run: so they are found by the same sums as ever.
  const { weight, treatedInside } = match({ ...facts, terms: () => byColumns(facts.terms) }, policy);
  const counts = columnOf(
    weight.length,
    (i) => weight[i]! * (facts.clockStart[i]! <= observedThrough ? 1 : 0) * facts.active[i]!,
  );
  const kinds = [0, 1].flatMap((byEvents): Ahead['kinds'] => {
    const armOf = (arm: 0 | 1): Int32Array =>
      rowsWhere(counts.length, (i) => {
        const counted = counts[i]! > 0 && customers.byEvents[facts.customer[i]!] === byEvents;
        return counted && (facts.treated[i] === 1 ? 1 : 0) === arm;
      });
    const [treated, untreated] = [armOf(1), armOf(0)];
    if (treated.length === 0) return [];
    if (byEvents === 1) {
      const arms = [treated, untreated].map((rows) => buyers(facts, purchases, rows, counts, observedThrough));
      let models: ReturnType<typeof buyerModels> | undefined;
      const forecast = (windowDays: number, level: number): Forecast =>
        purchaseForecast((models ??= buyerModels(arms[0]!, arms[1]!)), windowDays, level);
      return [{ treated: treated.length, forecast }];
    }
    const arms = [treated, untreated].map((rows) => contracts(facts, customers, rows, counts, observedThrough));
    const margin = treated.reduce((sum, i) => sum + customers.monthlyMargin[facts.customer[i]!]!, 0) / treated.length;
    const forecast = (windowDays: number, level: number): Forecast =>
      contractForecast(arms[0]!, arms[1]!, windowDays, margin, level);
    return [{ treated: treated.length, forecast }];
  });
  return { customers: treatedInside, kinds };
}

function forecastOf({ customers, kinds }: Ahead, windowDays: number, factor: number, level: number): ForecastEffect {
  const methods: Forecast['method'][] = [];
  let point = 0;
  let variance = 0;
  for (const { treated, forecast } of kinds) {
    const { method, perCustomer } = forecast(windowDays, level);
    methods.push(method);
    point += perCustomer.perCustomer * treated * factor;
    variance += (perCustomer.standardError * treated * factor) ** 2;
  }
  const margin = criticalValue(level) * Math.sqrt(variance);
  const total = { point, low: point - margin, high: point + margin };
  return { kind: 'forecast', windowDays, methods, customers, total };
}

function contracts(
  facts: CohortFacts,
  customers: CustomerTable,
  rows: Int32Array,
  counts: Float64Array,
  observedThrough: number,
): ContractArm {
  const leftOn = columnOf(rows.length, (at) => customers.leftOn[facts.customer[rows[at]!]!]!);
  return {
    followedDays: leftOn.map((day, at) => Math.min(day, observedThrough + 1) - facts.clockStart[rows[at]!]!),
    left: Uint8Array.from(leftOn, (day) => (day <= observedThrough ? 1 : 0)),
    weight: columnOf(rows.length, (at) => counts[rows[at]!]!),
  };
}

/** Whole weeks begun: equal histories are then many, and a fit looks at each once. */
function weeks(days: number): number {
  return Math.ceil(days / 7);
}

/** Histories in weeks from the clock's start on, each made when it is looked at. */
function buyers(
  { clockStart }: CohortFacts,
  { days, amount, last }: Purchases,
  rows: Int32Array,
  counts: Float64Array,
  observedThrough: number,
): BuyerArm {
  const spenders = rows.filter((i) => days[i]! > 0);
  return {
    *histories() {
      for (const i of rows) {
        const start = clockStart[i]!;
        const recency = weeks(last[i]! - start + 1);
        yield { frequency: days[i]!, recency, age: weeks(observedThrough + 1 - start), customers: counts[i]! };
      }
    },
    spenders: spenders.length,
    spend(place) {
      const i = spenders[place]!;
      return { purchases: days[i]!, mean: amount[i]! / days[i]!, customers: counts[i]! };
    },
  };
}

function rowsWhere(rows: number, wanted: (row: number) => boolean): Int32Array {
  const found = new Int32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) if (wanted(i)) found[count++] = i;
  return found.slice(0, count);
}
