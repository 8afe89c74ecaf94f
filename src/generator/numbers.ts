/**
 * Elementary functions from +, -, ×, ÷ and the square root alone. ECMAScript fixes these to the last bit, Math.exp and
 * Math.log it leaves to the engine; a demo company must have the same bytes everywhere.
 */
const LN2 = 0.6931471805599453;
const HALVES = 200;
const POWERS_OF_TWO: readonly number[] = (() => {
  const powers: number[] = [];
  for (let k = -HALVES; k <= HALVES; k++) {
    let power = 1;
    for (let i = 0; i < Math.abs(k); i++) power = k < 0 ? power / 2 : power * 2;
    powers.push(power);
  }
  return powers;
})();

/** e to the power x, |x| ≤ 138; relative error below 1e-15. */
export function exp(x: number): number {
  const halves = Math.round(x / LN2);
  const rest = x - halves * LN2;
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 16; n++) {
    term = (term * rest) / n;
    sum += term;
  }
  return sum * POWERS_OF_TWO[halves + HALVES]!;
}

/** Natural logarithm of x in (1e-50, 1e50), by Halley's iteration on exp. */
export function ln(x: number): number {
  let y = 0;
  for (let i = 0; i < 200; i++) {
    const e = exp(y);
    const step = (2 * (x - e)) / (x + e);
    y += step;
    if (Math.abs(step) < 1e-15) break;
  }
  return y;
}

/** x to the power y, x > 0. */
export function power(x: number, y: number): number {
  return exp(y * ln(x));
}

const CELLS = 4096;

/** Quantiles at i/4096, the ends drawn in so that the mean of linear interpolation is the distribution's. */
function quantiles(of: (p: number) => number, first: number, last: number): Float64Array {
  const table = new Float64Array(CELLS + 1);
  table[0] = first;
  for (let i = 1; i < CELLS; i++) table[i] = of(i / CELLS);
  table[CELLS] = last;
  return table;
}

/** Standard normal quantile. P. J. Acklam's rational approximation, relative error 1.15e-9. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * ln(p));
    return (
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}

const NORMAL = quantiles(normalQuantile, -4, 4);
const EXPONENTIAL = ((): Float64Array => {
  const table = quantiles((p) => -ln(1 - p), 0, 0);
  let inner = 0;
  for (let i = 0; i < CELLS - 1; i++) inner += (table[i]! + table[i + 1]!) / 2;
  table[CELLS] = 2 * (CELLS - inner) - table[CELLS - 1]!;
  return table;
})();

/** Standard normal value at a random word of 32 bits; never beyond ±4. */
export function normalAt(word: number): number {
  const i = word >>> 20;
  return NORMAL[i]! + (NORMAL[i + 1]! - NORMAL[i]!) * ((word & 0xfffff) / 0x100000);
}

/** Exponential value of mean 1 at a random word of 32 bits. */
export function exponentialAt(word: number): number {
  const i = word >>> 20;
  return EXPONENTIAL[i]! + (EXPONENTIAL[i + 1]! - EXPONENTIAL[i]!) * ((word & 0xfffff) / 0x100000);
}

/** Mean of median × e^(spread × normal). */
export function logNormalMean(median: number, spread: number): number {
  return median * exp((spread * spread) / 2);
}
