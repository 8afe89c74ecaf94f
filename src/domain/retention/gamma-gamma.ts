import { logGamma } from '../causality/distributions.ts';
import { Refusal } from '../errors.ts';
import { madeWhileAsked } from '../made-once.ts';
import type { Maximum } from './maximum-likelihood.ts';
import { maximise } from './maximum-likelihood.ts';

/**
 * Spend per purchase: gamma–gamma (Fader, Hardie & Lee, JMR 2005; Fader & Hardie 2013, note 025). A customer's purchases
 * vary around a mean of its own; the means vary over customers. It needs customers who bought again.
 */
export interface GammaGamma {
  readonly p: number;
  readonly q: number;
  readonly v: number;
}

export interface GammaGammaFit extends GammaGamma {
  /** for standard errors of what is derived from the parameters (deltaError) */
  readonly maximum: Maximum;
  readonly logLikelihood: number;
  /** customers with at least one purchase and positive spend, on whom the model was fitted */
  readonly customers: number;
}

export interface Spend {
  readonly purchases: number;
  /** mean per purchase, any unit */
  readonly mean: number;
  /** customers who spend so (default 1) */
  readonly customers?: number;
}

/**
 * Customers without purchases or positive spend are left out.
 * @param spread of a weak prior for fits that serve a forecast (see `maximise`)
 * @throws Refusal not_estimable
 */
export function fitGammaGamma(spends: readonly Spend[], spread?: number): GammaGammaFit {
  const rows = spends.filter(({ purchases, mean }) => purchases > 0 && mean > 0);
  if (rows.length < 3) throw new Refusal('not_estimable', `spend needs customers who bought: ${rows.length} did`);
  const scale = rows.reduce((sum, { mean }) => sum + mean, 0) / rows.length;
  const buyers = new Map<number, number>();
  for (const { purchases, customers = 1 } of rows) buyers.set(purchases, (buyers.get(purchases) ?? 0) + customers);
  const spent = Float64Array.from(rows, ({ purchases, mean }) => purchases * mean);
  const logMean = Float64Array.from(rows, ({ mean }) => Math.log(mean));
  const bought = Float64Array.from(rows, ({ purchases }) => purchases);
  const counted = Float64Array.from(rows, ({ customers = 1 }) => customers);
  const logsBeside = logarithmsBeside(spent);
  const logLikelihood = ([p, q, v]: readonly number[]): number => {
    let sum = 0;
    for (const [x, customers] of buyers) {
      const gammas = logGamma(p! * x + q!) - logGamma(p! * x) - logGamma(q!);
      sum += customers * (gammas + q! * Math.log(v!) + p! * x * Math.log(x));
    }
    const logs = logsBeside(v!);
    for (let i = 0; i < bought.length; i++) {
      const x = bought[i]!;
      sum += counted[i]! * ((p! * x - 1) * logMean[i]! - (p! * x + q!) * logs[i]!);
    }
    return sum;
  };
  const maximum = maximise(logLikelihood, [2, 3, scale], spread);
  const [p, q, v] = maximum.parameters as [number, number, number];
  return { p, q, v, logLikelihood: maximum.logLikelihood, maximum, customers: rows.length };
}

/** Values of v that one step of a fit looks at: its own, and four beside it for derivatives. */
const LOOKED_AT = 5;

/** log(spent + v) of every row: most looks of a fit change p or q and leave v. */
function logarithmsBeside(spent: Float64Array): (v: number) => Float64Array {
  const known = new Map<number, Float64Array>();
  return (v) => madeWhileAsked(known, v, LOOKED_AT, () => spent.map((own) => Math.log(own + v)));
}

/** E[mean spend | x purchases of mean m] = p (v + x m) ÷ (p x + q − 1); with x = 0 the population's mean. */
export function expectedSpend({ p, q, v }: GammaGamma, { purchases: x, mean: m }: Spend): number {
  return (p * (v + x * m)) / (p * x + q - 1);
}
