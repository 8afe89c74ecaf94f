import { Refusal } from '../errors.ts';
import type { PurchaseHistory } from './bgnbd.ts';
import type { CustomerTable } from './cohort.ts';
import { match } from './comparison.ts';
import type { CohortFacts, ReadingPolicy, RefusedEffect } from './effect.ts';
import type { BuyerArm, ContractArm, Forecast } from './forecast.ts';
import { contractForecast, purchaseForecast } from './forecast.ts';
import type { Spend } from './gamma-gamma.ts';
import { criticalValue } from './normal.ts';
import type { Earnings } from './outcome.ts';
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
 * Forecast of a window: the cohort is matched on what was known before the clock started; each kind of customer is
 * forecast with its own model (contracts: Kaplan–Meier or sBG; else BG/NBD with gamma–gamma) and discounted at the
 * window's end.
 * @param purchases positive amounts, sorted by customer, then day
 */
export function forecastEffect(
  facts: CohortFacts,
  customers: CustomerTable,
  purchases: Earnings,
  policy: ReadingPolicy,
  windowDays: number,
): ForecastEffect | RefusedEffect {
  const level = policy.level ?? 0.9;
  const factor = discountFactors([windowDays], policy.discountRate)[0]!;
  try {
    const started = Array.from(facts.clockStart, (start) => (start <= policy.observedThrough ? 1 : 0));
    const { weight, treatedInside } = match(facts, policy);
    const counts = weight.map((value, i) => value * started[i]! * facts.active[i]!);
    const methods: Forecast['method'][] = [];
    let point = 0;
    let variance = 0;
    for (const byEvents of [0, 1]) {
      const rows = Array.from(counts.keys()).filter(
        (i) => counts[i]! > 0 && customers.byEvents[facts.customer[i]!] === byEvents,
      );
      const treated = rows.filter((i) => facts.treated[i] === 1);
      if (treated.length === 0) continue;
      const untreated = rows.filter((i) => facts.treated[i] !== 1);
      const { method, perCustomer } =
        byEvents === 1
          ? purchaseForecast(
              buyers(facts, purchases, treated, counts, policy.observedThrough),
              buyers(facts, purchases, untreated, counts, policy.observedThrough),
              windowDays,
              level,
            )
          : contractForecast(
              contracts(facts, customers, treated, counts, policy.observedThrough),
              contracts(facts, customers, untreated, counts, policy.observedThrough),
              windowDays,
              treated.reduce((sum, i) => sum + customers.monthlyMargin[facts.customer[i]!]!, 0) / treated.length,
              level,
            );
      methods.push(method);
      point += perCustomer.perCustomer * treated.length * factor;
      variance += (perCustomer.standardError * treated.length * factor) ** 2;
    }
    const margin = criticalValue(level) * Math.sqrt(variance);
    const total = { point, low: point - margin, high: point + margin };
    return { kind: 'forecast', windowDays, methods, customers: treatedInside, total };
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return { kind: 'refused', code: problem.code, why: problem.message };
  }
}

function contracts(
  facts: CohortFacts,
  customers: CustomerTable,
  rows: readonly number[],
  counts: Float64Array,
  observedThrough: number,
): ContractArm {
  const leftOn = rows.map((i) => customers.leftOn[facts.customer[i]!]!);
  return {
    followedDays: rows.map((i, at) => Math.min(leftOn[at]!, observedThrough + 1) - facts.clockStart[i]!),
    left: leftOn.map((day) => (day <= observedThrough ? 1 : 0)),
    weight: rows.map((i) => counts[i]!),
  };
}

/** Whole weeks begun: equal histories are then many, and a fit looks at each once. */
function weeks(days: number): number {
  return Math.ceil(days / 7);
}

/** Histories in weeks from the clock's start on; rows are sorted by customer, as the purchases are. */
function buyers(
  facts: CohortFacts,
  purchases: Earnings,
  rows: readonly number[],
  counts: Float64Array,
  observedThrough: number,
): BuyerArm {
  const histories: PurchaseHistory[] = [];
  const spends: Spend[] = [];
  let first = 0;
  for (const i of rows) {
    const customer = facts.customer[i]!;
    const start = facts.clockStart[i]!;
    while (first < purchases.day.length && purchases.customer[first]! < customer) first++;
    const days = new Set<number>();
    let amount = 0;
    let last = start - 1;
    for (let e = first; e < purchases.day.length && purchases.customer[e] === customer; e++) {
      const day = purchases.day[e]!;
      if (day < start || day > observedThrough) continue;
      days.add(day);
      amount += purchases.margin[e]!;
      last = Math.max(last, day);
    }
    const frequency = days.size;
    const weight = counts[i]!;
    histories.push({
      frequency,
      recency: weeks(last - start + 1),
      age: weeks(observedThrough + 1 - start),
      customers: weight,
    });
    if (frequency > 0) spends.push({ purchases: frequency, mean: amount / frequency, customers: weight });
  }
  return { histories, spends };
}
