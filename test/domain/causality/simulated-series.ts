import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { isoDate, dayNumber } from '../../../src/domain/causality/series-design.ts';
import type { IncrementalRequest } from '../../../src/domain/causality/incremental-request.ts';

/** Daily contacts with a planted truth: 100 a day, variance twice the mean, a decision after the pre-period. */
export interface SimulatedWorld {
  readonly before?: number;
  readonly after?: number;
  /** share by which the decision lifts contacts */
  readonly lift?: number;
  /** autocorrelation of the contacts' scatter at one day */
  readonly correlation?: number;
  /** growth a year, log scale */
  readonly growth?: number;
  /** size of a yearly sine, and the day of the year at which it begins */
  readonly season?: number;
  readonly phase?: number;
  /** contacts on top of the 20th day after the decision */
  readonly outlier?: number;
}

export interface Simulated {
  readonly request: IncrementalRequest;
  /** expected contacts due to the decision */
  readonly truth: number;
}

const WEEKDAY = [1.15, 1.1, 1.05, 1, 1, 0.9, 0.8];

export function simulated(seed: number, world: SimulatedWorld): Simulated {
  const { before = 365, after = 90, lift = 0, correlation = 0, growth = 0, season = 0, phase = 0 } = world;
  const draw = new Draws(seed);
  const start = dayNumber('2024-01-01');
  const counts: number[] = [];
  let truth = 0;
  let wave = draw.normal();
  for (let t = 0; t < before + after; t++) {
    wave = correlation * wave + Math.sqrt(1 - correlation ** 2) * draw.normal();
    const sine = 1 + season * Math.sin((2 * Math.PI * (t + phase)) / 365.25);
    const base = 100 * WEEKDAY[t % 7]! * Math.exp((growth * t) / 365.25) * sine;
    const mean = t < before ? base : base * (1 + lift);
    truth += mean - base;
    // Independent days: gamma–Poisson. Correlated ones: rounded normal, so that the correlation is that of the counts.
    const count = correlation === 0 ? draw.poisson(draw.gamma(mean)) : Math.round(mean + Math.sqrt(2 * mean) * wave);
    counts.push(Math.max(0, count) + (t === before + 20 ? (world.outlier ?? 0) : 0));
  }
  const dates = counts.map((_, t) => isoDate(start + t));
  return {
    request: { every: 'day', dates, counts, decisions: [{ code: 'DECISION', effectiveFrom: dates[before]! }] },
    truth,
  };
}

export class Draws {
  private readonly generator;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
    // The first numbers of neighbouring seeds resemble each other.
    for (let i = 0; i < 100; i++) this.generator.next();
  }

  uniform(): number {
    return uniformFloat64(this.generator);
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** shape as given, scale 1 (Marsaglia & Tsang 2000); shape ≥ 1 */
  gamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  poisson(mean: number): number {
    let count = 0;
    for (let rest = mean; rest > 0; rest -= 25) {
      const limit = Math.exp(-Math.min(25, rest));
      for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
    }
    return count;
  }
}
