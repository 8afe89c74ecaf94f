import { compareKeys } from '../apportionment.ts';
import type { Attribution, Outcome } from '../attribution/rulebook.ts';
import { Refusal } from '../errors.ts';
import { Fraction } from '../fraction.ts';
import type { Model, Pool } from '../model/model.ts';
import { matchesPattern, selects } from '../model/selector.ts';
import type { Books } from './books.ts';
import { CONTACT_PARTS, type CellFacts } from './cell-facts.ts';

/** What one group of a pool's contacts used: the parts of a future statement line, or of a service result. */
export interface LineUse {
  readonly key: LineKey;
  parts: Fraction;
  /** handle seconds as measured or, where absent, as the standard or time equation says */
  handleSeconds: Fraction;
  used: Fraction;
  standard: Fraction;
}

export interface LineKey {
  readonly pool: string;
  readonly reason: string;
  readonly channel: string;
  /** null: a service result (`service` says which) */
  readonly taker: {
    readonly unit: string;
    readonly decision: string | null;
    readonly rule: string;
    readonly tier: Attribution['tier'];
    readonly treatment: Attribution['treatment'];
  } | null;
  readonly service: 'unattributed' | 'variance.repeats' | 'variance.transfers' | null;
}

export interface Standards {
  /** seconds of one contact before concurrency, and where they come from; undefined: none */
  standardSeconds(
    pool: Pool,
    reason: string,
  ): { readonly seconds: Fraction; readonly source: 'stated' | 'derived' } | undefined;
}

/** One taker's share of a cell in one pool, as it is added to the sums of a line. */
export interface CellUse {
  readonly cell: CellFacts;
  readonly key: LineKey;
  readonly share: Fraction;
  /** seconds stated for the cell's contacts without a handle time, before the share */
  readonly untimedSeconds: Fraction;
}

/** What some contacts used of a pool. */
interface Use extends Omit<LineUse, 'key'> {
  readonly standardFrom: 'stated' | 'derived' | 'none' | 'driver';
}

interface Sums {
  readonly key: LineKey;
  readonly share: Fraction;
  parts: bigint;
  seconds: bigint;
  untimedParts: bigint;
  untimedSeconds: Fraction;
}

/** Gathers the use of pools, cell by cell in integers, share by share; fractions are formed once per line at the end. */
export class PoolUse {
  private readonly sums = new Map<string, Sums>();
  private readonly poolsOf = new Map<string, readonly Pool[]>();
  private readonly operating: readonly Pool[];
  private readonly overlaps = new Map<string, bigint>();
  unservedParts = 0n;
  withoutStandardParts = Fraction.ZERO;
  derivedStandardParts = Fraction.ZERO;

  /** @param observe is told every share as it is added: the detail behind the lines */
  constructor(
    private readonly model: Model,
    private readonly standards: Standards,
    private readonly observe?: (use: CellUse) => void,
  ) {
    this.operating = model.pools.filter((pool) => pool.kind === 'operating');
  }

  /**
   * Adds a cell to the pools that serve it. `outcome` is absent for contacts that service keeps.
   * @returns whether a handling pool takes it
   */
  add(
    cell: CellFacts,
    outcome: Outcome | undefined,
    keeps: 'variance.repeats' | 'variance.transfers' | undefined,
  ): boolean {
    const pools = this.servedBy(cell);
    for (const pool of pools) {
      const base = { pool: pool.code, reason: cell.dimensions.reason, channel: cell.dimensions.channel };
      const untimed =
        cell.untimedParts === 0n
          ? Fraction.ZERO
          : this.untimedSeconds(cell, pool).times(cell.untimedParts).over(CONTACT_PARTS);
      if (keeps) this.sum({ ...base, taker: null, service: keeps }, Fraction.ONE, cell, untimed);
      for (const { unit, decision, rule, tier, treatment, share } of outcome?.parts ?? []) {
        this.sum({ ...base, taker: { unit, decision, rule, tier, treatment }, service: null }, share, cell, untimed);
      }
      if (outcome && !outcome.unattributed.isZero) {
        this.sum({ ...base, taker: null, service: 'unattributed' }, outcome.unattributed, cell, untimed);
      }
    }
    return pools.some((pool) => pool.layer === 'handling');
  }

  /** Contacts and handle seconds by pool and reason: later periods derive standards from them. */
  measures(): Books['measures'] {
    const measures = new Map<string, { pool: string; reason: string; parts: Fraction; seconds: Fraction }>();
    for (const { key, share, parts, seconds, untimedParts } of this.sums.values()) {
      const name = `${key.pool}\u0000${key.reason}`;
      const kept = measures.get(name) ?? {
        pool: key.pool,
        reason: key.reason,
        parts: Fraction.ZERO,
        seconds: Fraction.ZERO,
      };
      measures.set(name, {
        ...kept,
        parts: kept.parts.plus(share.times(parts - untimedParts)),
        seconds: kept.seconds.plus(share.times(seconds)),
      });
    }
    return [...measures]
      .sort(([a], [b]) => compareKeys(a, b))
      .map(([, measure]) => measure)
      .filter((measure) => !measure.parts.isZero);
  }

  /** Uses that no rule took, by pool, reason and channel. */
  unattributed(): LineUse[] {
    const uses = new Map<string, LineUse>();
    for (const sums of this.sums.values()) {
      if (sums.key.service !== 'unattributed') continue;
      addTo(
        useOf(uses, sums.key, [sums.key.pool, sums.key.reason, sums.key.channel].join('\u0000')),
        this.usedBy(sums),
      );
    }
    return [...uses.values()];
  }

  /** Uses by pool. @throws Refusal overlapping_pools with the count of contacts */
  byPool(): ReadonlyMap<string, LineUse[]> {
    if (this.overlaps.size > 0) {
      const details = [...this.overlaps].map(([pools, parts]) => `${pools}: ${contactsText(parts)} contacts`);
      throw new Refusal('overlapping_pools', `contacts are taken by more than one pool of a layer: ${details[0]}`, {
        details,
        next: 'narrow `serves` of these pools and run `answerable model apply`',
      });
    }
    const uses = new Map<string, Map<string, LineUse>>();
    for (const sums of this.sums.values()) {
      const lines = uses.get(sums.key.pool) ?? new Map<string, LineUse>();
      uses.set(sums.key.pool, lines);
      const { standardFrom, ...use } = this.usedBy(sums);
      addTo(useOf(lines, sums.key, lineText(sums.key)), use);
      if (standardFrom === 'none') this.withoutStandardParts = this.withoutStandardParts.plus(use.parts);
      if (standardFrom === 'derived') this.derivedStandardParts = this.derivedStandardParts.plus(use.parts);
    }
    return new Map([...uses].map(([pool, lines]) => [pool, [...lines.values()]]));
  }

  private usedBy({ key, share, parts: whole, seconds, untimedSeconds }: Sums): Use {
    const pool = this.operating.find((candidate) => candidate.code === key.pool)!;
    const parts = share.times(whole);
    const handleSeconds = share.times(Fraction.of(seconds).plus(untimedSeconds));
    const used = quantity(pool, key.reason, parts, handleSeconds);
    if (pool.driver !== 'handle_seconds') return { parts, handleSeconds, used, standard: used, standardFrom: 'driver' };
    const stated = this.standards.standardSeconds(pool, key.reason);
    if (!stated) return { parts, handleSeconds, used, standard: used, standardFrom: 'none' };
    const standard = stated.seconds.times(parts).over(CONTACT_PARTS).over(pool.concurrency);
    return { parts, handleSeconds, used, standard, standardFrom: stated.source };
  }

  /** Exactly one pool of each layer takes a contact; a layer other than handling may leave it out. */
  private servedBy(cell: CellFacts): readonly Pool[] {
    const key = JSON.stringify([cell.dimensions, cell.day, [...cell.textHits]]);
    let pools = this.poolsOf.get(key);
    if (!pools) {
      pools = this.operating.filter((pool) => !pool.serves || selects(pool.serves, cell));
      this.poolsOf.set(key, pools);
    }
    const layers = new Set<string>();
    for (const pool of pools) {
      if (layers.has(pool.layer)) {
        const names = pools
          .filter((other) => other.layer === pool.layer)
          .map((other) => other.code)
          .join(', ');
        this.overlaps.set(names, (this.overlaps.get(names) ?? 0n) + cell.parts);
      }
      layers.add(pool.layer);
    }
    if (!layers.has('handling')) this.unservedParts += cell.parts;
    return pools;
  }

  /** Seconds of one contact without a handle time: the model's time equation, else the standard, else nothing. */
  private untimedSeconds(cell: CellFacts, pool: Pool): Fraction {
    const { reason } = cell.dimensions;
    const equation = this.model.time_equations.find((candidate) =>
      candidate.reasons.some((pattern) => matchesPattern(pattern, reason)),
    );
    if (equation) {
      return equation.add.reduce(
        (seconds, term) => (selects(term.when, cell) ? seconds.plus(term.seconds) : seconds),
        equation.base,
      );
    }
    return this.standards.standardSeconds(pool, reason)?.seconds ?? Fraction.ZERO;
  }

  private sum(key: LineKey, share: Fraction, cell: CellFacts, untimedSeconds: Fraction): void {
    this.observe?.({ cell, key, share, untimedSeconds });
    const name = [lineText(key), key.reason, key.channel, share.toString()].join('\u0000');
    let sums = this.sums.get(name);
    if (!sums) {
      sums = { key, share, parts: 0n, seconds: 0n, untimedParts: 0n, untimedSeconds: Fraction.ZERO };
      this.sums.set(name, sums);
    }
    sums.parts += cell.parts;
    sums.seconds += cell.seconds;
    sums.untimedParts += cell.untimedParts;
    if (!untimedSeconds.isZero) sums.untimedSeconds = sums.untimedSeconds.plus(untimedSeconds);
  }
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

function lineText(key: LineKey): string {
  const { pool, reason, channel, taker, service } = key;
  // Service results are told apart by pool only: their reasons are coverage, not lines.
  if (!taker) return [pool, service].join('\u0000');
  return [pool, reason, channel, taker.unit, taker.decision ?? '', taker.rule, taker.tier, taker.treatment].join(
    '\u0000',
  );
}

export function contactsText(parts: bigint | Fraction): string {
  return (typeof parts === 'bigint' ? Fraction.of(parts) : parts).over(CONTACT_PARTS).toText(6);
}

/**
 * Standard basis: contacts that no unit pays for, tested before the rules. An avoidable repeat is service's own second
 * call about the same thing, a transfer its own detour.
 */
export function keptByService(cell: CellFacts, model: Model): 'variance.repeats' | 'variance.transfers' | undefined {
  if (model.charging.basis !== 'standard') return undefined;
  return cell.repeat ? 'variance.repeats' : cell.transferred ? 'variance.transfers' : undefined;
}
