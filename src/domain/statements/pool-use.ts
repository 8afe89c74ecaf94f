import { compareKeys } from '../apportionment.ts';
import { Refusal } from '../errors.ts';
import { Fraction, FractionSum } from '../fraction.ts';
import { madeOnce } from '../made-once.ts';
import type { Model, Pool } from '../model/model.ts';
import { matchesPattern } from '../model/selector.ts';
import type { Books } from './books.ts';
import { CONTACT_PARTS, type CellFacts } from './cell-facts.ts';
import type { Standards } from './standards.ts';
import { lineText, untimedSeconds, type LineKey, type Overlap, type UseSum } from './use-sums.ts';

/** What one group of a pool's contacts used: the parts of a future statement line, or of a service result. */
export interface LineUse {
  readonly key: LineKey;
  parts: Fraction;
  /** handle seconds as measured or, where absent, as the standard or time equation says */
  handleSeconds: Fraction;
  used: Fraction;
  standard: Fraction;
}

/** What some contacts used of a pool. */
interface Use extends Omit<LineUse, 'key'> {
  readonly standardFrom: 'stated' | 'derived' | 'none' | 'driver';
}

interface StandardOfPart {
  readonly perPart: Fraction;
  readonly source: 'stated' | 'derived';
}

/** The use of pools at the standards of a period, from integer sums; fractions are formed once per line. */
export class PoolUse {
  private readonly pools: ReadonlyMap<string, Pool>;
  /** by pool and reason */
  private readonly ofPart = new Map<string, Map<string, StandardOfPart | null>>();
  withoutStandardParts = Fraction.ZERO;
  derivedStandardParts = Fraction.ZERO;

  constructor(
    private readonly sums: readonly UseSum[],
    model: Pick<Model, 'pools'>,
    private readonly standards: Standards,
  ) {
    this.pools = new Map(model.pools.map((pool) => [pool.code, pool]));
  }

  /** Contacts and handle seconds by pool and reason: later periods derive standards from them. */
  measures(): Books['measures'] {
    const measures = new Map<string, { pool: string; reason: string; parts: FractionSum; seconds: FractionSum }>();
    for (const { key, share, parts, seconds, untimedParts } of this.sums) {
      const { pool, reason } = key;
      const own = madeOnce(measures, `${pool}\u0000${reason}`, () => {
        return { pool, reason, parts: new FractionSum(), seconds: new FractionSum() };
      });
      own.parts.add(share.numerator * (parts - untimedParts), share.denominator);
      own.seconds.add(share.numerator * seconds, share.denominator);
    }
    return [...measures]
      .sort(([a], [b]) => compareKeys(a, b))
      .map(([, { pool, reason, parts, seconds }]) => ({ pool, reason, parts: parts.total(), seconds: seconds.total() }))
      .filter((measure) => !measure.parts.isZero);
  }

  /** Uses that no rule took, by pool, reason and channel. */
  unattributed(): LineUse[] {
    const uses = new Map<string, LineUse>();
    for (const sum of this.sums) {
      if (sum.key.service !== 'unattributed') continue;
      addTo(useOf(uses, sum.key, [sum.key.pool, sum.key.reason, sum.key.channel].join('\u0000')), this.usedBy(sum));
    }
    return [...uses.values()];
  }

  /** Uses by pool; the two counts of parts are whole after it. */
  byPool(): ReadonlyMap<string, LineUse[]> {
    const uses = new Map<string, Map<string, LineUse>>();
    for (const sum of this.sums) {
      const lines = uses.get(sum.key.pool) ?? new Map<string, LineUse>();
      uses.set(sum.key.pool, lines);
      const { standardFrom, ...use } = this.usedBy(sum);
      addTo(useOf(lines, sum.key, lineText(sum.key)), use);
      if (standardFrom === 'none') this.withoutStandardParts = this.withoutStandardParts.plus(use.parts);
      if (standardFrom === 'derived') this.derivedStandardParts = this.derivedStandardParts.plus(use.parts);
    }
    return new Map([...uses].map(([pool, lines]) => [pool, [...lines.values()]]));
  }

  private usedBy(sum: UseSum): Use {
    const { key, share } = sum;
    const pool = this.pools.get(key.pool)!;
    const parts = share.times(sum.parts);
    const handleSeconds = share.times(Fraction.of(sum.seconds).plus(untimedSeconds(sum, this.standards)));
    const used = quantity(pool, key.reason, parts, handleSeconds);
    if (pool.driver !== 'handle_seconds') return { parts, handleSeconds, used, standard: used, standardFrom: 'driver' };
    const stated = this.standardOf(pool, key.reason);
    if (!stated) return { parts, handleSeconds, used, standard: used, standardFrom: 'none' };
    return { parts, handleSeconds, used, standard: stated.perPart.times(parts), standardFrom: stated.source };
  }

  /** Standard of a part of a contact, found once for a pool and reason. */
  private standardOf(pool: Pool, reason: string): StandardOfPart | null {
    const ofPool = madeOnce(this.ofPart, pool.code, () => new Map<string, StandardOfPart | null>());
    return madeOnce(ofPool, reason, () => {
      const stated = this.standards.standardSeconds(pool.code, reason);
      if (!stated) return null;
      return { perPart: stated.seconds.over(CONTACT_PARTS).over(pool.concurrency), source: stated.source };
    });
  }
}

/** @throws Refusal overlapping_pools with the count of contacts */
export function refuseOverlaps(overlaps: readonly Overlap[]): void {
  if (overlaps.length === 0) return;
  const details = overlaps.map(({ pools, parts }) => `${pools}: ${contactsText(parts)} contacts`);
  throw new Refusal('overlapping_pools', `contacts are taken by more than one pool of a layer: ${details[0]}`, {
    details,
    next: 'narrow `serves` of these pools and run `answerable model apply`',
  });
}

/** Quantity of the pool's driver that these contacts use. */
function quantity(pool: Pool, reason: string, parts: Fraction, handleSeconds: Fraction): Fraction {
  switch (pool.driver) {
    case 'handle_seconds':
      return handleSeconds.over(pool.concurrency);
    case 'contacts':
      return parts.over(CONTACT_PARTS);
    case 'weighted': {
      const weight = [...pool.weights!].find(([pattern]) => matchesPattern(pattern, reason))?.[1] ?? Fraction.ONE;
      return parts.over(CONTACT_PARTS).times(weight);
    }
  }
}

function useOf(lines: Map<string, LineUse>, key: LineKey, name: string): LineUse {
  let line = lines.get(name);
  if (!line) {
    line = { key, parts: Fraction.ZERO, handleSeconds: Fraction.ZERO, used: Fraction.ZERO, standard: Fraction.ZERO };
    lines.set(name, line);
  }
  return line;
}

function addTo(line: LineUse, use: Omit<LineUse, 'key'>): void {
  line.parts = line.parts.plus(use.parts);
  line.handleSeconds = line.handleSeconds.plus(use.handleSeconds);
  line.used = line.used.plus(use.used);
  line.standard = line.standard.plus(use.standard);
}

export function contactsText(parts: bigint | Fraction): string {
  return (typeof parts === 'bigint' ? Fraction.of(parts) : parts).over(CONTACT_PARTS).toText(6);
}

/**
 * Standard basis: contacts that no unit pays for, tested before the rules. An avoidable repeat is service's own second
 * call about the same thing, a transfer its own detour.
 */
export function keptByService(
  cell: CellFacts,
  model: { readonly charging: Pick<Model['charging'], 'basis'> },
): 'variance.repeats' | 'variance.transfers' | undefined {
  if (model.charging.basis !== 'standard') return undefined;
  return cell.repeat ? 'variance.repeats' : cell.transferred ? 'variance.transfers' : undefined;
}
