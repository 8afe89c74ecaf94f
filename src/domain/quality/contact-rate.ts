import { normalQuantile } from '../causality/distributions.ts';
import { Refusal } from '../errors.ts';

/** Contacts per X, where X is stated: orders, bills, customers. It can pass 1, so its interval is not binomial. */
export interface ContactRate {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  /** variance ÷ mean of the groups' counts, at least 1; 1 where the counts come without groups */
  readonly dispersion: number;
}

/**
 * Quasi-Poisson interval on the log scale: se(ln rate) = √(dispersion ÷ contacts). With groups (customers, days) the
 * dispersion is Pearson's χ² ÷ (groups − 1) against one common rate.
 * @throws Refusal no_volume when the volume is not positive
 */
export function contactRate(
  contacts: number,
  volume: number,
  level: number,
  groups: readonly { readonly contacts: number; readonly volume: number }[] = [],
): ContactRate {
  if (!(volume > 0)) throw new Refusal('no_volume', `a contact rate needs a volume above 0, got ${volume}`);
  const rate = contacts / volume;
  if (contacts === 0) {
    // Nothing seen: the upper bound at which seeing nothing has the probability of one tail.
    return { rate, low: 0, high: -Math.log((1 - level) / 2) / volume, dispersion: 1 };
  }
  let chi = 0;
  let used = 0;
  for (const group of groups) {
    if (!(group.volume > 0)) continue;
    used++;
    chi += (group.contacts - rate * group.volume) ** 2 / (rate * group.volume);
  }
  const dispersion = used > 1 ? Math.max(1, chi / (used - 1)) : 1;
  const margin = normalQuantile(0.5 + level / 2) * Math.sqrt(dispersion / contacts);
  return { rate, low: rate * Math.exp(-margin), high: rate * Math.exp(margin), dispersion };
}

/**
 * Agreement of two coders beyond chance (Cohen 1960): what a failure-demand or tag sample is worth.
 * @param table counts, rows the first coder's categories, columns the second's
 */
export function cohensKappa(table: readonly (readonly number[])[]): {
  readonly agreement: number;
  readonly kappa: number;
} {
  const total = table.flat().reduce((sum, count) => sum + count, 0);
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0) / total);
  const columns = table.map((_, j) => table.reduce((sum, row) => sum + row[j]!, 0) / total);
  const agreement = table.reduce((sum, row, i) => sum + row[i]!, 0) / total;
  const chance = rows.reduce((sum, share, i) => sum + share * columns[i]!, 0);
  return { agreement, kappa: chance === 1 ? 1 : (agreement - chance) / (1 - chance) };
}
