import { compareKeys } from '../apportionment.ts';
import type { Outcome } from '../attribution/rulebook.ts';
import type { Posting } from '../costing/ledger-pools.ts';
import { Fraction } from '../fraction.ts';
import type { Model } from '../model/model.ts';
import { amountText } from '../money.ts';
import type { Line, ParkedUnit, PoolResult } from './books.ts';
import { CONTACT_PARTS, type CellFacts } from './cell-facts.ts';

/** A channel, vendor or site that had contacts in each trailing month and has none now. */
export interface MissingSource {
  /** e.g. vendor ACME */
  readonly source: string;
  /** share of a unit's trailing contacts that came from it */
  readonly shares: ReadonlyMap<string, Fraction>;
}

export interface ParkingInputs {
  /** charge of each unit in the trailing months, minor units, parked or not; fewer than three months: no jump is seen */
  readonly trailing: readonly ReadonlyMap<string, bigint>[];
  readonly missing: readonly MissingSource[];
  /** units that a person ruled on for this period: they are not parked again */
  readonly ruled: ReadonlySet<string>;
}

const TRAILING_MONTHS = 3;

/** Parts of contacts of a unit and a reason. */
export interface UnitParts {
  readonly unit: string;
  readonly reason: string;
  readonly parts: Fraction;
}

/** Counts, unit by unit, the contacts that no handling pool takes. */
export class UnservedByUnit {
  private readonly sums = new Map<string, UnitParts>();

  add(cell: CellFacts, outcome: Outcome | undefined, served: boolean): void {
    if (served) return;
    const { reason } = cell.dimensions;
    for (const { unit, share } of outcome?.parts ?? []) {
      const key = `${unit}\u0000${reason}`;
      const before = this.sums.get(key)?.parts ?? Fraction.ZERO;
      this.sums.set(key, { unit, reason, parts: before.plus(share.times(cell.parts)) });
    }
  }

  list(): UnitParts[] {
    return [...this.sums.values()];
  }
}

/** Which share of its contacts no handling pool takes, by unit. @param handling pools whose lines count those taken */
export function unservedShares(
  unserved: readonly UnitParts[],
  lines: readonly Line[],
  handling: ReadonlySet<string>,
): Map<string, Fraction> {
  const sums = new Map<string, Fraction>();
  for (const { unit, parts } of unserved) sums.set(unit, (sums.get(unit) ?? Fraction.ZERO).plus(parts));
  return new Map(
    [...sums].map(([unit, parts]) => {
      const own = lines.filter((line) => line.unit === unit && handling.has(line.pool));
      const taken = Fraction.of(
        own.reduce((sum, line) => sum + line.microContacts, 0n),
        1_000_000n,
      );
      const untaken = parts.over(CONTACT_PARTS);
      return [unit, untaken.over(untaken.plus(taken))];
    }),
  );
}

/** Units that break a bound of the model, ascending, with every bound that they break. */
export function unitsToPark(
  lines: readonly Line[],
  unserved: ReadonlyMap<string, Fraction>,
  bounds: Model['bounds'],
  inputs: ParkingInputs,
  digits: number,
): ParkedUnit[] {
  const charges = new Map<string, bigint>();
  for (const line of lines)
    if (line.treatment === 'charged') charges.set(line.unit, (charges.get(line.unit) ?? 0n) + line.amount);
  // A unit whose contacts stopped altogether has no line this month, and is named all the same.
  for (const unit of [...unserved.keys(), ...inputs.trailing.flatMap((month) => [...month.keys()])])
    if (!charges.has(unit)) charges.set(unit, 0n);
  const parked: ParkedUnit[] = [];
  const percent = (share: Fraction) => `${share.times(100n).toText(1)}%`;
  for (const [unit, charge] of charges) {
    const share = unserved.get(unit);
    if (share && bounds.unmapped_share && share.compare(bounds.unmapped_share) > 0) {
      const why = `no handling pool takes ${percent(share)} of its contacts, more than ${percent(bounds.unmapped_share)}`;
      parked.push({ unit, bound: 'unmapped_share', why });
    }
    const trailing = inputs.trailing.reduce((sum, month) => sum + (month.get(unit) ?? 0n), 0n);
    const limit = bounds.jump_against_trailing;
    if (limit && inputs.trailing.length >= TRAILING_MONTHS && trailing !== 0n) {
      const mean = Fraction.of(trailing, inputs.trailing.length);
      const jump = Fraction.of(charge).minus(mean).over(mean);
      if ((jump.sign < 0 ? jump.negated() : jump).compare(limit) > 0) {
        const amounts = `${amountText(charge, digits)} against ${amountText(mean.rounded(), digits)} in the last ${inputs.trailing.length} months`;
        const why = `its charge moved by ${percent(jump)}, more than ${percent(limit)}: ${amounts}`;
        parked.push({ unit, bound: 'jump_against_trailing', why });
      }
    }
    for (const { source, shares } of inputs.missing) {
      const lost = shares.get(unit);
      if (lost && bounds.unmapped_share && lost.compare(bounds.unmapped_share) > 0) {
        const why = `${source} has no contacts this month; ${percent(lost)} of its contacts of the last ${inputs.trailing.length} months came from there`;
        parked.push({ unit, bound: 'missing_source', why });
      }
    }
  }
  return parked
    .filter(({ unit }) => !inputs.ruled.has(unit))
    .sort((a, b) => compareKeys(a.unit, b.unit) || compareKeys(a.why, b.why));
}

/** The same books with the charges of these units parked: the amounts stay where they are, their treatment changes. */
export function parkUnits(
  books: {
    readonly pools: readonly PoolResult[];
    readonly lines: readonly Line[];
    readonly postings: readonly Posting[];
  },
  parked: readonly ParkedUnit[],
): { pools: PoolResult[]; lines: Line[]; postings: Posting[] } {
  const units = new Set(parked.map(({ unit }) => unit));
  const waits = (line: Line) => line.treatment === 'charged' && units.has(line.unit);
  const moved = new Map<string, bigint>();
  for (const line of books.lines.filter(waits)) moved.set(line.pool, (moved.get(line.pool) ?? 0n) + line.amount);
  return {
    lines: books.lines.map((line) => (waits(line) ? { ...line, treatment: 'parked' as const } : line)),
    pools: books.pools.map((pool) => {
      const amount = moved.get(pool.pool) ?? 0n;
      return amount === 0n ? pool : { ...pool, charged: pool.charged - amount, parked: pool.parked + amount };
    }),
    postings: books.postings.map((posting) =>
      posting.to.startsWith('unit:') && units.has(posting.to.slice('unit:'.length))
        ? { ...posting, to: 'service:parked' }
        : posting,
    ),
  };
}
