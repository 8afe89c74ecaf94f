import { compareKeys } from '../apportionment.ts';
import type { Outcome } from '../attribution/rulebook.ts';
import { Fraction } from '../fraction.ts';
import type { Tier } from '../model/model.ts';
import type { Coverage } from './books.ts';
import type { CellFacts } from './cell-facts.ts';
import type { PoolUse } from './pool-use.ts';

const WORKLIST = 20;

export function reasonKey({ reason, channel }: { readonly reason: string; readonly channel: string }): string {
  return `${reason}\u0000${channel}`;
}

/** What the rules explain of the contacts, in parts of contacts. */
export interface CoverageSums {
  readonly parts: bigint;
  readonly byTier: readonly (readonly [Tier, Fraction])[];
  readonly unattributed: readonly { readonly reason: string; readonly channel: string; readonly parts: Fraction }[];
  /** channels of contacts that no handling pool takes, ascending, with the units that answer for them */
  readonly unservedChannels: Coverage['unservedChannels'];
  readonly repeats: bigint;
  readonly transfers: bigint;
  readonly untimed: bigint;
  readonly tagsNotHonoured: bigint;
}

/** Counts how much of the contacts is explained, by evidence tier, and what is not, by reason and channel. */
export class CoverageCount {
  private parts = 0n;
  private readonly byTier = new Map<Tier, Fraction>();
  private readonly unattributed = new Map<string, { reason: string; channel: string; parts: Fraction }>();
  private readonly unserved = new Map<string, { parts: bigint; units: Set<string> }>();
  private repeats = 0n;
  private transfers = 0n;
  private untimed = 0n;
  private tagsNotHonoured = 0n;

  /**
   * `outcome` is absent for contacts that service keeps: repeats and transfers.
   * @param served whether a handling pool takes them
   */
  add(cell: CellFacts, outcome: Outcome | undefined, served: boolean): void {
    this.parts += cell.parts;
    this.untimed += cell.untimedParts;
    if (!served) this.addUnserved(cell, outcome);
    if (!outcome) {
      if (cell.repeat) this.repeats += cell.parts;
      else this.transfers += cell.parts;
      return;
    }
    for (const part of outcome.parts) {
      this.byTier.set(part.tier, (this.byTier.get(part.tier) ?? Fraction.ZERO).plus(part.share.times(cell.parts)));
    }
    if (cell.tag !== null && !outcome.parts.some((part) => part.decision === cell.tag))
      this.tagsNotHonoured += cell.parts;
    if (outcome.unattributed.isZero) return;
    const { reason, channel } = cell.dimensions;
    const key = reasonKey(cell.dimensions);
    const kept = this.unattributed.get(key) ?? { reason, channel, parts: Fraction.ZERO };
    this.unattributed.set(key, { ...kept, parts: kept.parts.plus(outcome.unattributed.times(cell.parts)) });
  }

  private addUnserved(cell: CellFacts, outcome: Outcome | undefined): void {
    const { channel } = cell.dimensions;
    const kept = this.unserved.get(channel) ?? { parts: 0n, units: new Set<string>() };
    for (const { unit } of outcome?.parts ?? []) kept.units.add(unit);
    this.unserved.set(channel, { ...kept, parts: kept.parts + cell.parts });
  }

  sums(): CoverageSums {
    const { parts, repeats, transfers, untimed, tagsNotHonoured } = this;
    return {
      ...{ parts, repeats, transfers, untimed, tagsNotHonoured },
      byTier: [...this.byTier],
      unattributed: [...this.unattributed.values()],
      unservedChannels: [...this.unserved]
        .sort(([a], [b]) => compareKeys(a, b))
        .map(([channel, of]) => ({ channel, parts: of.parts, units: [...of.units].sort(compareKeys) })),
    };
  }
}

/** Parts of contacts that no handling pool takes. */
export function unservedParts({ unservedChannels }: CoverageSums): bigint {
  return unservedChannels.reduce((sum, { parts }) => sum + parts, 0n);
}

/** The coverage of a close. @param costs of unattributed contacts by `reasonKey`, minor units */
export function coverageOf(sums: CoverageSums, use: PoolUse, costs: ReadonlyMap<string, bigint>): Coverage {
  const items = sums.unattributed
    .map((item) => ({ key: reasonKey(item), item }))
    .sort((a, b) => b.item.parts.compare(a.item.parts) || compareKeys(a.key, b.key))
    .map(({ key, item }) => ({ ...item, amount: costs.get(key) ?? 0n }));
  return {
    parts: sums.parts,
    byTier: new Map(sums.byTier),
    unattributed: items.reduce((sum, item) => sum.plus(item.parts), Fraction.ZERO),
    repeats: Fraction.of(sums.repeats),
    transfers: sums.transfers === 0n ? null : Fraction.of(sums.transfers),
    untimed: sums.untimed,
    unserved: unservedParts(sums),
    unservedChannels: sums.unservedChannels,
    withoutStandard: use.withoutStandardParts,
    derivedStandard: use.derivedStandardParts,
    tagsNotHonoured: Fraction.of(sums.tagsNotHonoured),
    worklist: items.slice(0, WORKLIST),
  };
}
