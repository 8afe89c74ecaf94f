import { Refusal } from '../domain/errors.ts';
import { period as asPeriod, type Period } from '../domain/period.ts';

export interface GenerateOptions {
  /** is made; must be empty or hold an earlier generation */
  readonly folder: string;
  /** exactly so many rows of contacts.csv, 1,000 to 100,000,000 */
  readonly contacts: number;
  /** whole number from 0 to 2^53 − 1 */
  readonly seed: number;
  /** 2 to 120; default 36 */
  readonly months?: number | undefined;
  /** the last month; default 2026-10 */
  readonly endPeriod?: Period | undefined;
  /** step in the contacts of PRICE-MOBILE from its day on, as a share; default 0.12 */
  readonly lift?: number | undefined;
  /** growth of the customer base per year, at least -0.1 (no faster than customers leave anyhow); default 0.04 */
  readonly growth?: number | undefined;
  /** factor of one day's contacts, a year before the last month; default 1 */
  readonly outlier?: number | undefined;
  /** at least 7, the demo company's own, to 500: further ones are sales areas with a reason each; default 7 */
  readonly units?: number | undefined;
  /** about so many exposures; default as the late bills come */
  readonly exposures?: number | undefined;
  /** about so many revenue events; default as the customers buy */
  readonly revenueEvents?: number | undefined;
  /** contacts done and to do; each is lived once and written once, so the total is twice the number asked for */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Options within their bounds, defaults of the months written out. @throws Refusal bad_option */
export function checkedOptions(options: GenerateOptions) {
  const whole = (name: string, value: number, low: number, high: number) => {
    if (!Number.isSafeInteger(value) || value < low || value > high) {
      throw new Refusal('bad_option', `--${name} is ${value}; it must be a whole number from ${low} to ${high}`);
    }
    return value;
  };
  const between = (name: string, value: number | undefined, low: number, high: number) => {
    if (value !== undefined && !(value >= low && value <= high)) {
      throw new Refusal('bad_option', `--${name} is ${value}; it must lie between ${low} and ${high}`);
    }
    return value;
  };
  return {
    contacts: whole('contacts', options.contacts, 1000, 100_000_000),
    seed: whole('seed', options.seed, 0, Number.MAX_SAFE_INTEGER),
    months: whole('months', options.months ?? 36, 2, 120),
    endPeriod: asPeriod(options.endPeriod ?? '2026-10'),
    lift: between('lift', options.lift, -0.9, 10),
    growth: between('growth', options.growth, -0.1, 1),
    outlier: between('outlier', options.outlier, 0, 100),
    units: options.units === undefined ? undefined : whole('units', options.units, 7, 500),
    exposures: options.exposures === undefined ? undefined : whole('exposures', options.exposures, 0, 300_000_000),
    revenueEvents:
      options.revenueEvents === undefined
        ? undefined
        : whole('revenue-events', options.revenueEvents, 0, 1_000_000_000),
  };
}

export type CheckedOptions = ReturnType<typeof checkedOptions>;
