import type { Attribution, Outcome } from '../attribution/rulebook.ts';
import { Fraction } from '../fraction.ts';
import { DIMENSIONS, matchesPattern, selects } from '../model/selector.ts';
import { CONTACT_PARTS, type CellFacts } from './cell-facts.ts';
import type { ServingModel, ServingPool } from './deciding-inputs.ts';
import type { Standards } from './standards.ts';

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

/** What one taker has of a pool by one share, summed over cells: integers, whatever rates and standards come to them. */
export interface UseSum {
  readonly key: LineKey;
  /** of these contacts that is the taker's */
  readonly share: Fraction;
  readonly parts: bigint;
  /** handle seconds of those that have one */
  readonly seconds: bigint;
  readonly untimedParts: bigint;
  /** what a time equation says of those that have none; null: no equation is of this reason, its standard counts */
  readonly equationSeconds: Fraction | null;
}

/** One taker's share of a cell in one pool, as it is added to the sums of a line. */
export interface CellUse {
  readonly cell: CellFacts;
  readonly key: LineKey;
  readonly share: Fraction;
  /** seconds stated for the cell's contacts without a handle time, before the share */
  readonly untimedSeconds: Fraction;
}

/** Who hears every share as it is added: the detail behind the lines. */
export interface Observer {
  readonly standards: Standards;
  readonly tell: (use: CellUse) => void;
}

/** Contacts that more than one pool of a layer takes. */
export interface Overlap {
  readonly pools: string;
  readonly parts: bigint;
}

type Sums = { -readonly [K in keyof UseSum]: UseSum[K] };

/** Gathers the use of pools, cell by cell in integers, share by share. */
export class UseSums {
  private readonly sums = new Map<string, Sums>();
  private readonly poolsOf = new Map<string, readonly ServingPool[]>();
  private readonly operating: readonly ServingPool[];
  private readonly overlapping = new Map<string, bigint>();

  constructor(
    private readonly model: ServingModel,
    private readonly observer?: Observer,
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
    const equation = this.equationSeconds(cell);
    for (const { code } of pools) {
      if (keeps) this.sum(code, cell, null, keeps, Fraction.ONE, equation);
      if (!outcome) continue;
      for (const part of outcome.parts) this.sum(code, cell, part, null, part.share, equation);
      if (!outcome.unattributed.isZero) this.sum(code, cell, null, 'unattributed', outcome.unattributed, equation);
    }
    return pools.some((pool) => pool.layer === 'handling');
  }

  list(): UseSum[] {
    return [...this.sums.values()];
  }

  overlaps(): Overlap[] {
    return [...this.overlapping].map(([pools, parts]) => ({ pools, parts }));
  }

  /** Exactly one pool of each layer takes a contact; a layer other than handling may leave it out. */
  private servedBy(cell: CellFacts): readonly ServingPool[] {
    let key: string = cell.day;
    for (const dimension of DIMENSIONS) key += `\u0000${cell.dimensions[dimension] ?? '\u0001'}`;
    for (const hit of cell.textHits) key += `\u0000\u0002${hit}`;
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
        this.overlapping.set(names, (this.overlapping.get(names) ?? 0n) + cell.parts);
      }
      layers.add(pool.layer);
    }
    return pools;
  }

  /** Seconds of the cell's contacts without a handle time by the model's time equation; null: there is none for them. */
  private equationSeconds(cell: CellFacts): Fraction | null {
    const { reason } = cell.dimensions;
    const equation = this.model.time_equations.find((candidate) =>
      candidate.reasons.some((pattern) => matchesPattern(pattern, reason)),
    );
    if (!equation) return null;
    if (cell.untimedParts === 0n) return Fraction.ZERO;
    return equation.add
      .reduce((seconds, term) => (selects(term.when, cell) ? seconds.plus(term.seconds) : seconds), equation.base)
      .times(cell.untimedParts)
      .over(CONTACT_PARTS);
  }

  private sum(
    pool: string,
    cell: CellFacts,
    taker: Attribution | null,
    service: LineKey['service'],
    share: Fraction,
    equationSeconds: Fraction | null,
  ): void {
    const { reason, channel } = cell.dimensions;
    const who = taker
      ? `${taker.unit}\u0000${taker.decision ?? ''}\u0000${taker.rule}\u0000${taker.tier}${taker.treatment}`
      : service;
    const name = `${pool}\u0000${reason}\u0000${channel}\u0000${who}\u0000${share.toString()}`;
    let sums = this.sums.get(name);
    if (!sums) {
      const key = { pool, reason, channel, taker: taker && takerOf(taker), service };
      const none = equationSeconds && Fraction.ZERO;
      sums = { key, share, parts: 0n, seconds: 0n, untimedParts: 0n, equationSeconds: none };
      this.sums.set(name, sums);
    }
    if (this.observer) {
      const { standards, tell } = this.observer;
      const untimed = { key: sums.key, untimedParts: cell.untimedParts, equationSeconds };
      tell({ cell, key: sums.key, share, untimedSeconds: untimedSeconds(untimed, standards) });
    }
    sums.parts += cell.parts;
    sums.seconds += cell.seconds;
    sums.untimedParts += cell.untimedParts;
    // Of one reason, all contacts go by an equation or none does.
    if (equationSeconds && !equationSeconds.isZero) sums.equationSeconds = sums.equationSeconds!.plus(equationSeconds);
  }
}

function takerOf({ unit, decision, rule, tier, treatment }: Attribution): LineKey['taker'] {
  return { unit, decision, rule, tier, treatment };
}

/** Seconds of contacts without a handle time: the model's time equation, else the standard, else nothing. */
export function untimedSeconds(
  { key, untimedParts, equationSeconds }: Pick<UseSum, 'key' | 'untimedParts' | 'equationSeconds'>,
  standards: Standards,
): Fraction {
  if (equationSeconds) return equationSeconds;
  if (untimedParts === 0n) return Fraction.ZERO;
  const standard = standards.standardSeconds(key.pool, key.reason);
  return standard ? standard.seconds.times(untimedParts).over(CONTACT_PARTS) : Fraction.ZERO;
}

export function lineText(key: LineKey): string {
  const { pool, reason, channel, taker, service } = key;
  // Service results are told apart by pool only: their reasons are coverage, not lines.
  if (!taker) return [pool, service].join('\u0000');
  return [pool, reason, channel, taker.unit, taker.decision ?? '', taker.rule, taker.tier, taker.treatment].join(
    '\u0000',
  );
}
