import { compareKeys } from '../apportionment.ts';
import { allocateSupport } from '../costing/allocation.ts';
import { ledgerByPool, type Posting } from '../costing/ledger-pools.ts';
import { OutOfBalance, Refusal } from '../errors.ts';
import { Fraction } from '../fraction.ts';
import { minorDigits } from '../money.ts';
import type { Model } from '../model/model.ts';
import { adjustmentFaults } from './adjustment.ts';
import type { Books, Line, PoolResult, Reconciliation, ServiceLine } from './books.ts';
import type { CloseInputs, CostingInputs } from './close-inputs.ts';
import { countedParts, coverageOf } from './coverage.ts';
import { decisionDaysOf } from './decision-days.ts';
import { serviceLine } from './lines.ts';
import { parkUnits, unitsToPark, unservedShares } from './parking.ts';
import { postPool, total } from './pool-posting.ts';
import { contactsText, PoolUse, refuseOverlaps } from './pool-use.ts';
import { retentionBooks } from './retention-books.ts';
import { standardsOf } from './standards.ts';
import { unattributedCost } from './unattributed-cost.ts';
import { upperRollUp, type UpperRollUp } from './upper-roll-up.ts';
import type { CellUse } from './use-sums.ts';

/**
 * Costs and attributes a period (method 1 to 4): one result, every subtotal the exact sum of its parts.
 * @param observe is told every share of every cell as it is attributed: the detail behind the lines
 */
export function close(inputs: CloseInputs, observe?: (use: CellUse) => void): Books {
  const observer = observe && { standards: standardsOf(inputs), tell: observe };
  return booksOf(upperRollUp(inputs, inputs.cells, observer), inputs);
}

/** The books of a period whose contacts are attributed: what a change of costs, rates, capacity or standards makes anew. */
export function booksOf(upper: UpperRollUp, inputs: CostingInputs): Books {
  const { model, period } = inputs;
  const digits = minorDigits(inputs.currency)!;
  const ledger = ledgerByPool(inputs.ledger, model, inputs.rates, inputs.currency);
  const support = supportAllocation(model, ledger.pools, digits);
  refuseUnserved(upper, model);
  refuseOverlaps(upper.overlaps);
  const use = new PoolUse(upper.uses, model, standardsOf(inputs));
  const uses = use.byPool();

  const pools: PoolResult[] = [];
  const postings: Posting[] = [...ledger.postings, ...support.postings];
  const lines: Line[] = [];
  const serviceLines: ServiceLine[] = [];
  for (const pool of model.pools) {
    const own = ledger.pools.get(pool.code) ?? 0n;
    const received = support.received.get(pool.code) ?? 0n;
    const passed = support.passed.get(pool.code) ?? 0n;
    const posted = postPool(pool, { own, received, passed }, uses.get(pool.code) ?? [], inputs, digits);
    pools.push(posted.result);
    postings.push(...posted.postings);
    lines.push(...posted.lines);
    serviceLines.push(...posted.serviceLines);
  }
  serviceLines.push(
    ...support.remainders.map((amount) => serviceLine(period, 'unattributed', 'support without drivers', null, amount)),
  );
  if (ledger.parked !== 0n) serviceLines.push(serviceLine(period, 'parked', null, null, ledger.parked));
  if (ledger.conversion !== 0n) serviceLines.push(serviceLine(period, 'conversion', null, null, ledger.conversion));
  lines.sort((a, b) => compareKeys(a.id, b.id));
  serviceLines.sort((a, b) => compareKeys(a.id, b.id));
  const handling = new Set(model.pools.filter((pool) => pool.layer === 'handling').map((pool) => pool.code));
  const parked = inputs.parking
    ? unitsToPark(lines, unservedShares(upper.unservedByUnit, lines, handling), model.bounds, inputs.parking, digits)
    : [];
  const posted = parkUnits({ pools, lines, postings }, parked);
  const books: Books = {
    period,
    ...posted,
    serviceLines,
    adjustments: [...(inputs.adjustments ?? [])].sort((a, b) => compareKeys(a.id, b.id)),
    ledgerChanges: inputs.ledgerChanges ?? [],
    parked,
    reconciliation: reconcile(ledger.ledger, posted.lines, serviceLines),
    coverage: coverageOf(upper.coverage, use, unattributedCost(use, serviceLines, model, digits)),
    decisionDays: decisionDaysOf(upper.decisionDays),
    shares: upper.shares,
    measures: use.measures(),
    ...(inputs.retention && model.retention
      ? { retention: retentionBooks(inputs.retention, inputs.adjustments ?? [], model.retention) }
      : {}),
  };
  const faults = imbalances(books);
  if (faults.length > 0) throw new OutOfBalance(faults);
  return books;
}

/** @throws Refusal contacts_without_pool when more contacts than the bound are taken by no handling pool */
function refuseUnserved({ coverage }: UpperRollUp, { bounds: { unmapped_share: bound } }: Model): void {
  const { all, unserved } = countedParts(coverage);
  if (!bound || Fraction.of(unserved).compare(bound.times(all)) <= 0) return;
  throw new Refusal(
    'contacts_without_pool',
    `${contactsText(unserved)} of ${contactsText(all)} contacts are taken by no handling pool, more than the bound of ${bound.toText()}`,
    { next: 'widen `serves` of a pool, or raise bounds.unmapped_share, and run `answerable model apply`' },
  );
}

export interface SupportResult {
  readonly postings: readonly Posting[];
  readonly received: ReadonlyMap<string, bigint>;
  readonly passed: ReadonlyMap<string, bigint>;
  readonly remainders: readonly bigint[];
}

/** Own cost of the support pools down to the pools they serve. */
export function supportAllocation(model: Model, own: ReadonlyMap<string, bigint>, digits: number): SupportResult {
  const support = model.pools.filter((pool) => pool.kind === 'support');
  const { hops, remainder } = allocateSupport(
    model.support.method,
    support.map((pool) => ({
      code: pool.code,
      cost: own.get(pool.code) ?? 0n,
      drivers: model.support.drivers.get(pool.code) ?? new Map<string, Fraction>(),
    })),
    model.pools.filter((pool) => pool.kind !== 'support').map((pool) => pool.code),
    {
      digits,
      zeroDriver: () => model.support.zero_driver,
      ...(model.support.order ? { order: model.support.order } : {}),
    },
  );
  const received = new Map<string, bigint>();
  const passed = new Map<string, bigint>();
  const add = (sums: Map<string, bigint>, key: string, amount: bigint) => sums.set(key, (sums.get(key) ?? 0n) + amount);
  for (const hop of hops) {
    add(passed, hop.from, hop.amount);
    add(received, hop.to, hop.amount);
  }
  const postings: Posting[] = hops.map((hop) => ({
    from: `pool:${hop.from}`,
    to: `pool:${hop.to}`,
    amount: hop.amount,
  }));
  const remainders: bigint[] = [];
  for (const pool of support) {
    const left = (own.get(pool.code) ?? 0n) + (received.get(pool.code) ?? 0n) - (passed.get(pool.code) ?? 0n);
    if (left === 0n) continue;
    add(passed, pool.code, left);
    postings.push({ from: `pool:${pool.code}`, to: `service:${model.support.zero_driver}`, amount: left });
    if (model.support.zero_driver !== 'unattributed') add(received, model.support.zero_driver, left);
    else remainders.push(left);
  }
  const total = [...remainder.values()].reduce((sum, amount) => sum + amount, 0n);
  const named = postings
    .filter((posting) => posting.to === `service:${model.support.zero_driver}`)
    .reduce((sum, posting) => sum + posting.amount, 0n);
  if (total !== named) throw new OutOfBalance([`support pools without drivers: ${total} to place, ${named} placed`]);
  return { postings, received, passed, remainders };
}

function reconcile(ledger: bigint, lines: readonly Line[], serviceLines: readonly ServiceLine[]): Reconciliation {
  const ofLines = (treatment: Line['treatment']) => total(lines.filter((line) => line.treatment === treatment));
  const ofService = (prefix: string) => total(serviceLines.filter((line) => line.kind.startsWith(prefix)));
  const parts = {
    charged: ofLines('charged'),
    serviceVariances: ofService('variance.'),
    unusedCapacity: ofService('unused.'),
    unattributed: ofService('unattributed'),
    withheld: ofLines('withheld'),
    parked: ofLines('parked') + ofService('parked'),
    conversion: ofService('conversion'),
  };
  return { ledger, ...parts, difference: ledger - Object.values(parts).reduce((sum, amount) => sum + amount, 0n) };
}

/** The tie-out of method 3, per pool and in all: what does not hold, in words. */
export function imbalances(books: Books): string[] {
  const faults: string[] = [];
  for (const pool of books.pools) {
    const given = pool.charged + pool.variances + pool.unused + pool.unattributed + pool.withheld + pool.parked;
    if (given !== pool.cost) faults.push(`pool ${pool.pool}: cost ${pool.cost}, given ${given} (minor units)`);
    const into = total(books.postings.filter((posting) => posting.to === `pool:${pool.pool}`));
    const out = total(books.postings.filter((posting) => posting.from === `pool:${pool.pool}`));
    if (into !== out) faults.push(`pool ${pool.pool}: postings in ${into}, out ${out} (minor units)`);
  }
  if (books.reconciliation.difference !== 0n)
    faults.push(`ledger: difference ${books.reconciliation.difference} (minor units)`);
  const ids = new Set(books.lines.map((line) => line.id));
  if (ids.size !== books.lines.length) faults.push('two lines have one id');
  faults.push(...adjustmentFaults(books.adjustments, books.ledgerChanges));
  return faults;
}
