import { logGamma } from '../causality/distributions.ts';
import { hypergeometric } from './hypergeometric.ts';
import type { Maximum } from './maximum-likelihood.ts';
import { maximise } from './maximum-likelihood.ts';

/**
 * Repeat buying without contracts: BG/NBD (Fader, Hardie & Lee, Marketing Science 2005;24:275). While active a customer
 * buys at a Poisson rate of its own (gamma r, alpha); after each purchase it leaves with a probability (beta a, b).
 */
export interface BgNbd {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

export interface BgNbdFit extends BgNbd {
  /** for standard errors of what is derived from the parameters (deltaError) */
  readonly maximum: Maximum;
  readonly logLikelihood: number;
}

/** What is known of a customer, all times in one unit since the first purchase. */
export interface PurchaseHistory {
  /** repeat purchases; the first is not counted */
  readonly frequency: number;
  /** time of the last purchase; 0 without repeats */
  readonly recency: number;
  /** time observed */
  readonly age: number;
  /** customers with this history (default 1) */
  readonly customers?: number;
}

/**
 * @param spread of a weak prior for fits that serve a forecast (see `maximise`)
 * @throws Refusal not_estimable when nobody bought again
 */
export function fitBgNbd(histories: readonly PurchaseHistory[], spread?: number): BgNbdFit {
  const grouped = new Map<string, Required<PurchaseHistory>>();
  const buyers = new Map<number, number>();
  let span = 0;
  for (const history of histories) {
    const { frequency, recency, age, customers = 1 } = history;
    const key = `${frequency} ${recency} ${age}`;
    grouped.set(key, { ...history, customers: (grouped.get(key)?.customers ?? 0) + customers });
    buyers.set(frequency, (buyers.get(frequency) ?? 0) + customers);
    span = Math.max(span, age);
  }
  const rows = [...grouped.values()];
  const logLikelihood = ([r, alpha, a, b]: readonly number[]): number => {
    const model = { r: r!, alpha: alpha!, a: a!, b: b! };
    // The gamma functions depend on the number of purchases alone: once a number, not once a customer.
    let sum = 0;
    for (const [x, customers] of buyers) sum += customers * purchaseTerms(model, x);
    for (const row of rows) sum += row.customers * timeTerms(model, row);
    return sum;
  };
  const maximum = maximise(logLikelihood, [1, span / 4, 1, 1], spread);
  const [r, alpha, a, b] = maximum.parameters as [number, number, number, number];
  return { r, alpha, a, b, logLikelihood: maximum.logLikelihood, maximum };
}

function purchaseTerms({ r, alpha, a, b }: BgNbd, x: number): number {
  const rate = logGamma(r + x) - logGamma(r) + r * Math.log(alpha);
  return rate + logGamma(a + b) + logGamma(b + x) - logGamma(b) - logGamma(a + b + x);
}

/** Either still active at the end, or left right after the last purchase. */
function timeTerms({ r, alpha, a, b }: BgNbd, { frequency: x, recency, age }: PurchaseHistory): number {
  const active = -(r + x) * Math.log(alpha + age);
  if (x === 0) return active;
  const left = Math.log(a / (b + x - 1)) - (r + x) * Math.log(alpha + recency);
  return Math.max(active, left) + Math.log1p(Math.exp(-Math.abs(active - left)));
}

/** P(active | history). Without a repeat purchase it is 1: the model lets customers leave only after a purchase. */
export function aliveProbability({ r, alpha, a, b }: BgNbd, { frequency: x, recency, age }: PurchaseHistory): number {
  if (x === 0) return 1;
  return 1 / (1 + (a / (b + x - 1)) * ((alpha + age) / (alpha + recency)) ** (r + x));
}

/** Repeat purchases expected of a new customer up to time t. */
export function expectedPurchases(model: BgNbd, t: number): number {
  const { r, alpha, b } = model;
  const a = besideOne(model.a);
  const share = hypergeometric(r, b, a + b - 1, t / (alpha + t));
  return ((a + b - 1) / (a - 1)) * (1 - (alpha / (alpha + t)) ** r * share);
}

/** Purchases expected in the next t, given the history. */
export function expectedFurtherPurchases(model: BgNbd, t: number, history: PurchaseHistory): number {
  const { r, alpha, b } = model;
  const a = besideOne(model.a);
  const { frequency: x, age } = history;
  const share = hypergeometric(r + x, b + x, a + b + x - 1, t / (alpha + age + t));
  const ifActive = ((a + b + x - 1) / (a - 1)) * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * share);
  return ifActive * aliveProbability(model, history);
}

/** The formulas have a removable gap at a = 1. */
function besideOne(a: number): number {
  return Math.abs(a - 1) < 1e-6 ? 1 + 1e-6 : a;
}
