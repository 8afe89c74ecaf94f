import { logGamma } from '../causality/distributions.ts';
import { Numbering } from '../numbering.ts';
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
export function fitBgNbd(histories: Iterable<PurchaseHistory>, spread?: number): BgNbdFit {
  const alike = groupedHistories(histories);
  const logLikelihood = ([r, alpha, a, b]: readonly number[]): number => {
    const model = { r: r!, alpha: alpha!, a: a!, b: b! };
    // The gamma functions depend on the number of purchases alone: once a number, not once a customer.
    let sum = 0;
    for (const [x, customers] of alike.buyers) sum += customers * purchaseTerms(model, x);
    return sumOfTimeTerms(model, alike, sum);
  };
  const span = alike.ages.reduce((longest, age) => Math.max(longest, age), 0);
  const maximum = maximise(logLikelihood, [1, span / 4, 1, 1], spread);
  const [r, alpha, a, b] = maximum.parameters as [number, number, number, number];
  return { r, alpha, a, b, logLikelihood: maximum.logLikelihood, maximum };
}

/** Histories that differ, each once, in the order in which they were first seen: what they are made of, by place. */
interface GroupedHistories {
  readonly frequencies: readonly number[];
  readonly recencies: readonly number[];
  readonly ages: readonly number[];
  readonly frequency: Int32Array;
  readonly recency: Int32Array;
  readonly age: Int32Array;
  readonly customers: Float64Array;
  /** customers by frequency, summed one by one */
  readonly buyers: ReadonlyMap<number, number>;
}

function groupedHistories(histories: Iterable<PurchaseHistory>): GroupedHistories {
  const [frequencies, recencies, ages] = [new Numbering<number>(), new Numbering<number>(), new Numbering<number>()];
  const made: { frequency: number; recency: number; age: number; customers: number }[] = [];
  const places = new Map<number, Map<number, number>>();
  const buyers = new Map<number, number>();
  for (const { frequency, recency, age, customers = 1 } of histories) {
    const own = { frequency: frequencies.of(frequency), recency: recencies.of(recency), age: ages.of(age), customers };
    let ofAge = places.get(own.age);
    if (ofAge === undefined) places.set(own.age, (ofAge = new Map()));
    const rest = own.frequency * 2 ** 24 + own.recency;
    const place = ofAge.get(rest);
    if (place === undefined) ofAge.set(rest, made.push(own) - 1);
    else made[place]!.customers += customers;
    buyers.set(frequency, (buyers.get(frequency) ?? 0) + customers);
  }
  return {
    frequencies: frequencies.values(),
    recencies: recencies.values(),
    ages: ages.values(),
    frequency: Int32Array.from(made, (own) => own.frequency),
    recency: Int32Array.from(made, (own) => own.recency),
    age: Int32Array.from(made, (own) => own.age),
    customers: Float64Array.from(made, (own) => own.customers),
    buyers,
  };
}

function purchaseTerms({ r, alpha, a, b }: BgNbd, x: number): number {
  const rate = logGamma(r + x) - logGamma(r) + r * Math.log(alpha);
  return rate + logGamma(a + b) + logGamma(b + x) - logGamma(b) - logGamma(a + b + x);
}

/**
 * Adds what the times say: either still active at the end, or left right after the last purchase. Histories are many,
 * the numbers that they are made of are few: logarithms are taken of these.
 */
function sumOfTimeTerms({ r, alpha, a, b }: BgNbd, alike: GroupedHistories, start: number): number {
  const { frequencies, frequency, recency, age, customers } = alike;
  const ofAge = Float64Array.from(alike.ages, (own) => Math.log(alpha + own));
  const ofRecency = Float64Array.from(alike.recencies, (own) => Math.log(alpha + own));
  const leaving = Float64Array.from(frequencies, (x) => Math.log(a / (b + x - 1)));
  let sum = start;
  for (let i = 0; i < customers.length; i++) {
    const x = frequencies[frequency[i]!]!;
    const active = -(r + x) * ofAge[age[i]!]!;
    if (x === 0) {
      sum += customers[i]! * active;
      continue;
    }
    const left = leaving[frequency[i]!]! - (r + x) * ofRecency[recency[i]!]!;
    sum += customers[i]! * (Math.max(active, left) + Math.log1p(Math.exp(-Math.abs(active - left))));
  }
  return sum;
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
