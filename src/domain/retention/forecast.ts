import { Refusal } from '../errors.ts';
import type { PurchaseHistory } from './bgnbd.ts';
import { expectedPurchases, fitBgNbd } from './bgnbd.ts';
import type { Estimate } from './comparison.ts';
import type { Spend } from './gamma-gamma.ts';
import { expectedSpend, fitGammaGamma } from './gamma-gamma.ts';
import type { SurvivalStep } from './kaplan-meier.ts';
import { kaplanMeier, restrictedMean } from './kaplan-meier.ts';
import type { Maximum } from './maximum-likelihood.ts';
import { FORECAST_SPREAD, deltaError } from './maximum-likelihood.ts';
import { normalInterval } from './normal.ts';
import { fitSbg, sbgSurvival } from './sbg.ts';

/**
 * What a window will show that is not over yet (method 7: provisional, shown as forecast). Arms are those of the matched
 * comparison: every customer counts by its weight there, so that the forecast compares like with like.
 */
export interface Forecast {
  readonly method: 'kaplan_meier' | 'sbg' | 'bgnbd_gamma_gamma';
  /** minor units per treated customer over the window */
  readonly perCustomer: Estimate;
}

/** Contract customers of one arm since their clock started. */
export interface ContractArm {
  readonly followedDays: ArrayLike<number>;
  /** 1 left then, 0 still there when last seen */
  readonly left: ArrayLike<number>;
  readonly weight: ArrayLike<number>;
}

/** Customers without contracts of one arm, in weeks from the start of their clock as if it were a first purchase. */
export interface BuyerArm {
  readonly histories: () => Iterable<PurchaseHistory>;
  /** how many of them bought, and what each of these spent */
  readonly spenders: number;
  readonly spend: (place: number) => Spend;
}

interface Expected {
  readonly value: number;
  readonly error: number;
}

const PERIOD_DAYS = 30;
/** Fewer at risk than this at the horizon, and the curve's end is anecdote. */
const LEAST_AT_RISK = 30;
const MOST_SPENDS = 5_000;

/**
 * Margin × days active in the window, treated − untreated: by Kaplan–Meier where the curves reach the window's end, else
 * by shifted beta-geometric retention per 30 days.
 * @param monthlyMargin of the treated, so that the difference is retention and not who they are
 * @throws Refusal not_estimable
 */
export function contractForecast(
  treated: ContractArm,
  untreated: ContractArm,
  windowDays: number,
  monthlyMargin: number,
  level = 0.9,
): Forecast {
  const curves = [treated, untreated].map(curveOf);
  const reached = curves.every((curve) => reaches(curve, windowDays));
  const days = reached
    ? curves.map((curve) => observedDays(curve, windowDays))
    : [treated, untreated].map((arm) => modelledDays(arm, windowDays));
  const perDay = (monthlyMargin * 12) / 365;
  return {
    method: reached ? 'kaplan_meier' : 'sbg',
    perCustomer: contrast(scaled(days[0]!, perDay), scaled(days[1]!, perDay), level),
  };
}

/** Models of both arms, fitted once for windows of any length. @throws Refusal not_estimable */
export function buyerModels(treated: BuyerArm, untreated: BuyerArm): readonly [BuyerModels, BuyerModels] {
  return [modelsOf(treated), modelsOf(untreated)];
}

/** Expected purchases in the window × expected spend, treated − untreated. @throws Refusal not_estimable */
export function purchaseForecast(
  [treated, untreated]: readonly [BuyerModels, BuyerModels],
  windowDays: number,
  level = 0.9,
): Forecast {
  return {
    method: 'bgnbd_gamma_gamma',
    perCustomer: contrast(expectedMargin(treated, windowDays), expectedMargin(untreated, windowDays), level),
  };
}

function curveOf({ followedDays, left, weight }: ContractArm): SurvivalStep[] {
  return kaplanMeier({ time: followedDays, event: left, weight });
}

function reaches(curve: readonly SurvivalStep[], windowDays: number): boolean {
  return curve.some(({ time, atRisk }) => time >= windowDays && atRisk >= LEAST_AT_RISK);
}

function observedDays(curve: readonly SurvivalStep[], windowDays: number): Expected {
  const { mean, standardError } = restrictedMean(curve, windowDays);
  return { value: mean, error: standardError };
}

function modelledDays({ followedDays, left, weight }: ContractArm, windowDays: number): Expected {
  const lost: number[] = [];
  const stayed: number[] = [];
  for (let i = 0; i < followedDays.length; i++) {
    const periods = Math.floor(followedDays[i]! / PERIOD_DAYS);
    const into = left[i] === 1 ? lost : stayed;
    // Lost in period p means gone before its end; still there after p whole periods means p renewals were seen.
    const at = left[i] === 1 ? periods : periods - 1;
    if (at >= 0) into[at] = (into[at] ?? 0) + weight[i]!;
  }
  const whole = (counts: readonly number[], length: number): number[] =>
    Array.from({ length }, (_, t) => counts[t] ?? 0);
  const length = Math.max(lost.length, stayed.length);
  const { maximum } = fitSbg(whole(lost, length), whole(stayed, length), FORECAST_SPREAD);
  const daysActive = ([alpha, beta]: readonly number[]): number => {
    let days = 0;
    for (let from = 0; from < windowDays; from += PERIOD_DAYS) {
      const width = Math.min(PERIOD_DAYS, windowDays - from);
      const t = from / PERIOD_DAYS;
      const [start, end] = [t, t + 1].map((at) => sbgSurvival({ alpha: alpha!, beta: beta! }, at)) as [number, number];
      days += width * (start + ((end - start) * width) / (2 * PERIOD_DAYS));
    }
    return days;
  };
  return { value: daysActive(maximum.parameters), error: deltaError(daysActive, maximum) };
}

interface BuyerModels {
  readonly buying: Maximum;
  readonly spending: Maximum;
}

function modelsOf(arm: BuyerArm): BuyerModels {
  return {
    buying: fitBgNbd(arm.histories(), FORECAST_SPREAD).maximum,
    spending: fitGammaGamma(thinned(arm), FORECAST_SPREAD).maximum,
  };
}

function expectedMargin({ buying, spending }: BuyerModels, windowDays: number): Expected {
  const purchases = ([r, alpha, a, b]: readonly number[]): number =>
    expectedPurchases({ r: r!, alpha: alpha!, a: a!, b: b! }, windowDays / 7);
  const spend = ([p, q, v]: readonly number[]): number =>
    expectedSpend({ p: p!, q: q!, v: v! }, { purchases: 0, mean: 0 });
  const count = purchases(buying.parameters);
  const mean = spend(spending.parameters);
  if (!(mean > 0)) throw new Refusal('not_estimable', 'spend per purchase has no finite mean in this model');
  const error = Math.hypot(mean * deltaError(purchases, buying), count * deltaError(spend, spending));
  return { value: count * mean, error };
}

/** Every k-th spend, weighted up: five thousand tell the three numbers of the model closely enough. */
function thinned({ spenders, spend }: BuyerArm): Spend[] {
  const step = Math.ceil(spenders / MOST_SPENDS);
  return Array.from({ length: Math.ceil(spenders / step) || 0 }, (_, i) => {
    const own = spend(i * step);
    return { ...own, customers: (own.customers ?? 1) * step };
  });
}

function scaled({ value, error }: Expected, factor: number): Expected {
  return { value: value * factor, error: error * Math.abs(factor) };
}

function contrast(treated: Expected, untreated: Expected, level: number): Estimate {
  const perCustomer = treated.value - untreated.value;
  const standardError = Math.hypot(treated.error, untreated.error);
  return { perCustomer, standardError, ...normalInterval(perCustomer, standardError, level) };
}
