import type { WindowEffect } from './comparison-effect.ts';
import type { ControlSeries } from './controls.ts';
import { residualNoise } from './residual-correlation.ts';
import { simplexLeastSquares } from './simplex-least-squares.ts';

/**
 * Synthetic control on weekly counts (Abadie, Diamond & Hainmueller 2010): every series as a multiple of its own mean
 * before, weights on the simplex that follow the treated best before. The error of the summed gap takes the
 * autocorrelation of the gaps before, and that their mean is known from so many weeks only.
 */
export function syntheticEffect(
  treated: readonly ControlSeries[],
  comparison: readonly ControlSeries[],
  start: number,
  from: number,
  until: number,
): WindowEffect {
  const own = Float64Array.from({ length: until - start }, (_, i) =>
    treated.reduce((sum, { counts }) => sum + counts[start + i]!, 0),
  );
  const history = from - start;
  const level = Math.max(meanOf(own.subarray(0, history)), 0.5 / history);
  const donors = comparison.map(({ counts }) => {
    const values = Float64Array.from({ length: until - start }, (_, i) => counts[start + i]!);
    const mean = Math.max(meanOf(values.subarray(0, history)), 0.5 / history);
    return values.map((value) => value / mean);
  });
  const weights = simplexLeastSquares(
    donors.map((donor) => donor.subarray(0, history)),
    own.subarray(0, history).map((value) => value / level),
  );
  const synthetic = own.map((_, t) => level * donors.reduce((sum, donor, j) => sum + weights[j]! * donor[t]!, 0));
  const gaps = own.map((value, t) => value - synthetic[t]!);
  const before = gaps.subarray(0, history);
  const constant = new Float64Array(history).fill(1 / Math.sqrt(history));
  const noise = residualNoise(
    before,
    new Float64Array(history).fill(1),
    [constant],
    Math.min(4, Math.floor(history / 10)),
  );
  const length = until - from;
  return {
    estimate: gaps.subarray(history).reduce((sum, gap) => sum + gap, 0),
    standardError: Math.sqrt(noise.dispersion * noise.inflation * (length + length ** 2 / history)),
    degreesOfFreedom: Math.max(3, noise.degreesOfFreedom / noise.inflation),
    expected: synthetic.slice(history),
    weights: [...weights],
    about: `synthetic control of ${comparison.length} groups`,
  };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
