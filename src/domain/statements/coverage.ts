import { compareKeys } from '../apportionment.ts';
import type { Outcome } from '../attribution/rulebook.ts';
import { Fraction } from '../fraction.ts';
import { madeOnce } from '../made-once.ts';
import type { Tier } from '../model/model.ts';
import type { Coverage } from './books.ts';
import type { CellFacts } from './cell-facts.ts';
import type { PoolUse } from './pool-use.ts';
import { ShareSums } from './share-sums.ts';

const WORKLIST = 20;

export function reasonKey({ reason, channel }: { readonly reason: string; readonly channel: string }): string {
  return `${reason}\u0000${channel}`;
}

/** What the rules explain of the contacts of each reason, in parts of contacts. */
export interface CoverageSums {
  readonly reasons: readonly ReasonSums[];
  readonly byTier: readonly { readonly tier: Tier; readonly reason: string; readonly parts: Fraction }[];
  readonly unattributed: readonly { readonly reason: string; readonly channel: string; readonly parts: Fraction }[];
  /** contacts that no handling pool takes, with the units that answer for them */
  readonly unserved: readonly {
    readonly reason: string;
    readonly channel: string;
    readonly parts: bigint;
    readonly units: readonly string[];
  }[];
}

interface ReasonSums {
  readonly reason: string;
  readonly parts: bigint;
  readonly repeats: bigint;
  readonly transfers: bigint;
  readonly untimed: bigint;
  readonly tagsNotHonoured: bigint;
}

type Open<T> = { -readonly [K in keyof T]: T[K] };
/** With parts that are still being summed. */
type Summing<T> = Omit<T, 'parts'> & { readonly parts: ShareSums };

/** Counts how much of the contacts is explained, by evidence tier, and what is not, by reason and channel. */
export class CoverageCount {
  private readonly reasons = new Map<string, Open<ReasonSums>>();
  private readonly byTier = new Map<string, Summing<CoverageSums['byTier'][number]>>();
  private readonly unattributed = new Map<string, Summing<CoverageSums['unattributed'][number]>>();
  private readonly unserved = new Map<
    string,
    Open<Omit<CoverageSums['unserved'][number], 'units'>> & { readonly units: Set<string> }
  >();

  /**
   * `outcome` is absent for contacts that service keeps: repeats and transfers.
   * @param served whether a handling pool takes them
   */
  add(cell: CellFacts, outcome: Outcome | undefined, served: boolean): void {
    const { reason, channel } = cell.dimensions;
    const sums = madeOnce(this.reasons, reason, () => ({
      ...{ reason, parts: 0n, repeats: 0n, transfers: 0n, untimed: 0n, tagsNotHonoured: 0n },
    }));
    sums.parts += cell.parts;
    sums.untimed += cell.untimedParts;
    if (!served) {
      const none = () => ({ reason, channel, parts: 0n, units: new Set<string>() });
      const kept = madeOnce(this.unserved, reasonKey(cell.dimensions), none);
      for (const { unit } of outcome?.parts ?? []) kept.units.add(unit);
      kept.parts += cell.parts;
    }
    if (!outcome) {
      if (cell.repeat) sums.repeats += cell.parts;
      else sums.transfers += cell.parts;
      return;
    }
    for (const { tier, share } of outcome.parts) {
      const kept = madeOnce(this.byTier, `${tier}${reason}`, () => ({ tier, reason, parts: new ShareSums() }));
      kept.parts.add(share, cell.parts);
    }
    if (cell.tag !== null && !outcome.parts.some((part) => part.decision === cell.tag))
      sums.tagsNotHonoured += cell.parts;
    if (outcome.unattributed.isZero) return;
    const none = () => ({ reason, channel, parts: new ShareSums() });
    madeOnce(this.unattributed, reasonKey(cell.dimensions), none).parts.add(outcome.unattributed, cell.parts);
  }

  sums(): CoverageSums {
    return {
      reasons: [...this.reasons.values()],
      byTier: [...this.byTier.values()].map(summed),
      unattributed: [...this.unattributed.values()].map(summed),
      unserved: [...this.unserved.values()].map((of) => ({ ...of, units: [...of.units].sort(compareKeys) })),
    };
  }
}

function summed<T extends { readonly parts: ShareSums }>({ parts, ...of }: T) {
  return { ...of, parts: parts.total() };
}

const sumOf = (items: readonly { readonly parts: bigint }[]): bigint =>
  items.reduce((sum, { parts }) => sum + parts, 0n);

/** Parts of all contacts, and of those that no handling pool takes. */
export function countedParts({ reasons, unserved }: CoverageSums): { readonly all: bigint; readonly unserved: bigint } {
  return { all: sumOf(reasons), unserved: sumOf(unserved) };
}

/** The coverage of a close. @param costs of unattributed contacts by `reasonKey`, minor units */
export function coverageOf(sums: CoverageSums, use: PoolUse, costs: ReadonlyMap<string, bigint>): Coverage {
  const items = sums.unattributed
    .map((item) => ({ key: reasonKey(item), item }))
    .sort((a, b) => b.item.parts.compare(a.item.parts) || compareKeys(a.key, b.key))
    .map(({ key, item }) => ({ ...item, amount: costs.get(key) ?? 0n }));
  const byTier = new Map<Tier, Fraction>();
  for (const { tier, parts } of sums.byTier) byTier.set(tier, (byTier.get(tier) ?? Fraction.ZERO).plus(parts));
  const all = (name: 'repeats' | 'transfers' | 'untimed' | 'tagsNotHonoured'): bigint =>
    sums.reasons.reduce((sum, of) => sum + of[name], 0n);
  const parts = countedParts(sums);
  const transfers = all('transfers');
  return {
    parts: parts.all,
    byTier,
    unattributed: items.reduce((sum, item) => sum.plus(item.parts), Fraction.ZERO),
    repeats: Fraction.of(all('repeats')),
    transfers: transfers === 0n ? null : Fraction.of(transfers),
    untimed: all('untimed'),
    unserved: parts.unserved,
    unservedChannels: unservedChannels(sums),
    withoutStandard: use.withoutStandardParts,
    derivedStandard: use.derivedStandardParts,
    tagsNotHonoured: Fraction.of(all('tagsNotHonoured')),
    worklist: items.slice(0, WORKLIST),
  };
}

function unservedChannels({ unserved }: CoverageSums): Coverage['unservedChannels'] {
  const channels = new Map<string, { parts: bigint; units: Set<string> }>();
  for (const { channel, parts, units } of unserved) {
    const kept = madeOnce(channels, channel, () => ({ parts: 0n, units: new Set<string>() }));
    kept.parts += parts;
    for (const unit of units) kept.units.add(unit);
  }
  return [...channels]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([channel, { parts, units }]) => ({ channel, parts, units: [...units].sort(compareKeys) }));
}
