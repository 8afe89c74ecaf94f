import type { Attribution, Outcome } from '../attribution/rulebook.ts';
import { Fraction } from '../fraction.ts';
import { madeOnce } from '../made-once.ts';
import { matchesPattern, selects, type Dimensions } from '../model/selector.ts';
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
  /** by pool, then by what else a sum is of */
  private readonly sums = new Map<string, Map<string, Sums>>();
  /** by dimensions as the same object, which cells share, then by what else a selector asks of a cell */
  private readonly services = new Map<Dimensions, Map<string, Service>>();
  /** like cells share their outcome */
  private readonly claims = new WeakMap<Outcome, Claim[]>();
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
    const { pools, overlaps, handled } = this.serviceFor(cell);
    for (const names of overlaps) this.overlapping.set(names, (this.overlapping.get(names) ?? 0n) + cell.parts);
    const equation = this.equationSeconds(cell);
    const claims = outcome ? this.claimsOf(outcome) : keeps ? [claimOf(null, keeps, Fraction.ONE)] : [];
    const of = `${cell.dimensions.reason}\u0000${cell.dimensions.channel}\u0000`;
    for (const { code } of pools) {
      const sums = madeOnce(this.sums, code, () => new Map<string, Sums>());
      for (const claim of claims) this.sum(sums, code, cell, of + claim.name, claim, equation);
    }
    return handled;
  }

  list(): UseSum[] {
    return [...this.sums.values()].flatMap((ofPool) => [...ofPool.values()]);
  }

  overlaps(): Overlap[] {
    return [...this.overlapping].map(([pools, parts]) => ({ pools, parts }));
  }

  /** Every share is somebody's, or nobody's. */
  private claimsOf(outcome: Outcome): readonly Claim[] {
    let claims = this.claims.get(outcome);
    if (!claims) {
      claims = outcome.parts.map((part) => claimOf(part, null, part.share));
      if (!outcome.unattributed.isZero) claims.push(claimOf(null, 'unattributed', outcome.unattributed));
      this.claims.set(outcome, claims);
    }
    return claims;
  }

  private serviceFor(cell: CellFacts): Service {
    const ofDimensions = madeOnce(this.services, cell.dimensions, () => new Map<string, Service>());
    let key: string = cell.day;
    for (const hit of cell.textHits) key += `\u0000${hit}`;
    return madeOnce(ofDimensions, key, () =>
      serviceOf(this.operating.filter((pool) => !pool.serves || selects(pool.serves, cell))),
    );
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
    ofPool: Map<string, Sums>,
    pool: string,
    cell: CellFacts,
    name: string,
    { taker, service, share }: Claim,
    equationSeconds: Fraction | null,
  ): void {
    let sums = ofPool.get(name);
    if (!sums) {
      const { reason, channel } = cell.dimensions;
      const key = { pool, reason, channel, taker: taker && takerOf(taker), service };
      const none = equationSeconds && Fraction.ZERO;
      sums = { key, share, parts: 0n, seconds: 0n, untimedParts: 0n, equationSeconds: none };
      ofPool.set(name, sums);
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

/** A share of a cell's contacts that is somebody's, or a result of service. */
interface Claim {
  /** what it is summed by, beside pool, reason and channel */
  readonly name: string;
  readonly taker: Attribution | null;
  readonly service: LineKey['service'];
  readonly share: Fraction;
}

function claimOf(taker: Attribution | null, service: LineKey['service'], share: Fraction): Claim {
  const who = taker
    ? `${taker.unit}\u0000${taker.decision ?? ''}\u0000${taker.rule}\u0000${taker.tier}${taker.treatment}`
    : service;
  return { name: `${who}\u0000${share.toString()}`, taker, service, share };
}

/** The pools that serve contacts. */
interface Service {
  readonly pools: readonly ServingPool[];
  /** names of the pools of a layer, once for each pool beyond the first: exactly one of each takes a contact */
  readonly overlaps: readonly string[];
  /** whether one of them handles; a layer other than handling may leave contacts out */
  readonly handled: boolean;
}

function serviceOf(pools: readonly ServingPool[]): Service {
  const ofLayer = (layer: string): readonly ServingPool[] => pools.filter((pool) => pool.layer === layer);
  return {
    pools,
    overlaps: pools.flatMap((pool) => {
      const layer = ofLayer(pool.layer);
      return layer[0] === pool ? [] : [layer.map(({ code }) => code).join(', ')];
    }),
    handled: ofLayer('handling').length > 0,
  };
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
