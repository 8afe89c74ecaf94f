import { apportion, compareKeys } from '../apportionment.ts';
import { ledgerByPool, poolsOfEntry, type LedgerEntry } from '../costing/ledger-pools.ts';
import type { Fraction } from '../fraction.ts';
import { lineId } from '../ids.ts';
import { minorDigits } from '../money.ts';
import { lastDay, type Period } from '../period.ts';
import { EMPTY_ADJUSTMENT, type Adjustment, type LedgerChange } from './adjustment.ts';
import { supportAllocation } from './close.ts';
import type { CloseInputs } from './close-inputs.ts';
import { counterKind, type IssuedFrame } from './corrections.ts';
import { pricedBy } from './lines.ts';

/** Ledger of a period at one moment. */
export interface LedgerState {
  readonly entries: readonly LedgerEntry[];
  /** reporting units for one unit of currency */
  readonly rates: ReadonlyMap<string, Fraction>;
}

/** What the issued run posted of a pool: shares for what comes late. */
export interface IssuedShare {
  readonly pool: string;
  /** null: service */
  readonly unit: string | null;
  /** kind of service's line, contacts or direct */
  readonly kind: string;
  readonly decision: string | null;
  readonly amount: bigint;
}

/**
 * What late ledger entries of a closed period change: the rate variance of their pool (standard) or the issued shares of
 * its cost (actual); a direct pool's unit. They sum to the change of that period's ledger (method 8).
 * @param alsoParked entries that today's model parks by name: mapped by the issued model they may belong nowhere
 * @throws Refusal unmapped_ledger_entries, fx_rate_missing
 */
export function ledgerCorrections(
  frame: IssuedFrame,
  states: { readonly before: LedgerState; readonly after: LedgerState },
  issued: readonly IssuedShare[],
  posting: Period,
  alsoParked: readonly string[] = [],
): { readonly adjustments: Adjustment[]; readonly change: LedgerChange } {
  const { inputs } = frame;
  // What belonged nowhere when it was last posted can only have been parked.
  const unmapped = states.before.entries.filter((entry) => poolsOfEntry(entry, inputs.model).length === 0);
  const before = costsOf(states.before, inputs, [...unmapped.map((entry) => entry.entry), ...alsoParked]);
  const after = costsOf(states.after, inputs, alsoParked);
  const post = (key: (string | null)[], of: Pick<Adjustment, 'unit' | 'kind' | 'pool' | 'amount'>): Adjustment => ({
    ...EMPTY_ADJUSTMENT,
    id: lineId(['late_ledger', posting, inputs.period, ...key]),
    source: 'late_ledger',
    chargePeriod: inputs.period,
    ...of,
  });
  const adjustments: Adjustment[] = [];
  const service = (kind: string, pool: string | null, amount: bigint): void => {
    if (amount !== 0n) adjustments.push(post(['service', kind, pool], { unit: null, kind, pool, amount }));
  };
  const differs = (of: (costs: Costs) => bigint) => of(after) - of(before);
  for (const pool of inputs.model.pools) {
    if (pool.kind === 'support') continue;
    const own = differs((costs) => costs.own.get(pool.code) ?? 0n);
    const received = differs((costs) => (costs.received.get(pool.code) ?? 0n) - (costs.passed.get(pool.code) ?? 0n));
    if (own === 0n && received === 0n) continue;
    const shares = issued.filter((share) => share.pool === pool.code && share.amount !== 0n);
    if (pool.kind === 'direct' || (shares.length === 0 && pool.zero_driver !== 'unattributed')) {
      const unit = inputs.register.unitOn(pool.unit ?? pool.zero_driver, lastDay(inputs.period));
      adjustments.push(post([unit, pool.code], { unit, kind: 'direct', pool: pool.code, amount: own + received }));
    } else if (shares.length === 0) service('unattributed', pool.code, own + received);
    else if (pricedBy(pool, inputs.model) === 'standard') {
      service(counterKind(pool, inputs), pool.code, own);
      service('variance.rate_support', pool.code, received);
    } else adjustments.push(...overShares(own + received, shares, inputs, post));
  }
  service(
    'unattributed',
    null,
    differs((costs) => costs.remainder),
  );
  service(
    'parked',
    null,
    differs((costs) => costs.parked),
  );
  service(
    'conversion',
    null,
    differs((costs) => costs.conversion),
  );
  return { adjustments, change: { period: inputs.period, amount: differs((costs) => costs.ledger) } };
}

interface Costs {
  readonly ledger: bigint;
  readonly own: ReadonlyMap<string, bigint>;
  readonly received: ReadonlyMap<string, bigint>;
  readonly passed: ReadonlyMap<string, bigint>;
  readonly remainder: bigint;
  readonly parked: bigint;
  readonly conversion: bigint;
}

function costsOf(state: LedgerState, inputs: CloseInputs, alsoParked: readonly string[]): Costs {
  const model = { ...inputs.model, parked_entries: [...inputs.model.parked_entries, ...alsoParked] };
  const ledger = ledgerByPool(state.entries, model, state.rates, inputs.currency);
  const support = supportAllocation(model, ledger.pools, minorDigits(inputs.currency)!);
  return {
    ledger: ledger.ledger,
    own: ledger.pools,
    received: support.received,
    passed: support.passed,
    remainder: support.remainders.reduce((sum, amount) => sum + amount, 0n),
    parked: ledger.parked,
    conversion: ledger.conversion,
  };
}

/** Full absorption: whoever bore a share of the pool's cost bears the same share of what comes late. */
function overShares(
  amount: bigint,
  shares: readonly IssuedShare[],
  inputs: CloseInputs,
  post: (key: (string | null)[], of: Pick<Adjustment, 'unit' | 'kind' | 'pool' | 'amount'>) => Adjustment,
): Adjustment[] {
  const magnitude = (value: bigint) => (value < 0n ? -value : value);
  const keyed = new Map<string, bigint>();
  for (const { unit, kind, decision, amount: share } of shares) {
    const key = JSON.stringify([unit, kind, decision]);
    keyed.set(key, (keyed.get(key) ?? 0n) + share);
  }
  const claims = [...keyed]
    .map(([key, weight]) => ({ key, weight: magnitude(weight) }))
    .sort((a, b) => compareKeys(a.key, b.key));
  const amounts = apportion(amount, claims, minorDigits(inputs.currency)!) ?? [];
  const pool = shares[0]!.pool;
  return claims.flatMap(({ key }, i) => {
    const [unit, kind, decision] = JSON.parse(key) as [string | null, string, string | null];
    if (!amounts[i]) return [];
    return [{ ...post([unit, kind, decision, pool], { unit, kind, pool, amount: amounts[i] }), decision }];
  });
}
