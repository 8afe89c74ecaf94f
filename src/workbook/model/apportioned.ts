import { compareKeys } from '../../domain/apportionment.ts';
import { Fraction } from '../../domain/fraction.ts';

/** One row of an apportionment as the workbook shows it, column by column. */
export interface Apportioned {
  readonly key: string;
  /** exact share, major units */
  readonly exact: Fraction;
  /** the share at six decimals, in millionths of the major unit */
  readonly quota: bigint;
  /** minor units, cut toward zero */
  readonly whole: bigint;
  /** minor units that the whole ones leave, of the row's block; negative when there are too many */
  readonly missing: bigint;
  /** what is left of the quota, signed toward the missing units, millionths */
  readonly remainder: bigint;
  /** 1 for the largest remainder; ties in the order of the rows */
  readonly rank: number;
  /** minor units */
  readonly cent: bigint;
  readonly posted: bigint;
}

const QUOTA_DECIMALS = 6;

/**
 * The largest-remainder rule in the steps that the workbook's formulas take. They differ from `apportionQuotas` in one
 * respect: the quota is rounded at six decimals first, so that a double a hair below a whole cent counts as that cent.
 * The posted units are the same (a quota within half a millionth of a whole unit is the first to get a missing one).
 * @param rows ascending by key; exact shares in minor units
 */
export function apportioned(
  total: bigint,
  rows: readonly { readonly key: string; readonly quota: Fraction }[],
  digits: number,
): Apportioned[] {
  const perMinor = 10n ** BigInt(QUOTA_DECIMALS - digits);
  const major = 10n ** BigInt(digits);
  const cut = rows.map(({ key, quota }) => {
    const millionths = quota.times(perMinor).rounded();
    return { key, exact: quota.over(major), quota: millionths, whole: millionths / perMinor };
  });
  const missing = total - cut.reduce((sum, row) => sum + row.whole, 0n);
  const step = missing < 0n ? -1n : 1n;
  const remainders = cut.map((row) => (row.quota - row.whole * perMinor) * step);
  const order = remainders
    .map((remainder, index) => ({ remainder, index }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const ranks = new Array<number>(rows.length);
  order.forEach(({ index }, place) => (ranks[index] = place + 1));
  const count = Number(missing * step);
  return cut.map((row, i) => {
    const cent = ranks[i]! <= count ? step : 0n;
    return { ...row, missing, remainder: remainders[i]!, rank: ranks[i]!, cent, posted: row.whole + cent };
  });
}

/** Shares of a total in proportion to weights, minor units; all zero when the weights are. */
export function proportional(
  total: bigint,
  weights: readonly { readonly key: string; readonly weight: Fraction }[],
): { readonly key: string; readonly quota: Fraction }[] {
  const sum = weights.reduce((all, { weight }) => all.plus(weight), Fraction.ZERO);
  if (sum.isZero) return weights.map(({ key }) => ({ key, quota: Fraction.ZERO }));
  const perWeight = Fraction.of(total).over(sum);
  return weights.map(({ key, weight }) => ({ key, quota: weight.times(perWeight) }));
}

export function byKey<T extends { readonly key: string }>(a: T, b: T): number {
  return compareKeys(a.key, b.key);
}
