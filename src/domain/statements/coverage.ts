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

/** Counts how much of the contacts is explained, by evidence tier, and the largest unexplained reasons. */
export class CoverageCount {
  parts = 0n;
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

  /** @param costs of unattributed contacts by `reasonKey`, minor units */
  result(use: PoolUse, costs: ReadonlyMap<string, bigint>): Coverage {
    const items = [...this.unattributed]
      .sort(([a, x], [b, y]) => y.parts.compare(x.parts) || compareKeys(a, b))
      .map(([key, item]) => ({ ...item, amount: costs.get(key) ?? 0n }));
    return {
      parts: this.parts,
      byTier: this.byTier,
      unattributed: items.reduce((sum, item) => sum.plus(item.parts), Fraction.ZERO),
      repeats: Fraction.of(this.repeats),
      transfers: this.transfers === 0n ? null : Fraction.of(this.transfers),
      untimed: this.untimed,
      unserved: use.unservedParts,
      unservedChannels: [...this.unserved]
        .sort(([a], [b]) => compareKeys(a, b))
        .map(([channel, { parts, units }]) => ({ channel, parts, units: [...units].sort(compareKeys) })),
      withoutStandard: use.withoutStandardParts,
      derivedStandard: use.derivedStandardParts,
      tagsNotHonoured: Fraction.of(this.tagsNotHonoured),
      worklist: items.slice(0, WORKLIST),
    };
  }
}
