import { heardLater } from '../domain/heard-later.ts';
import type { LocalDate, Period } from '../domain/period.ts';
import { firstDay, lastDay } from '../domain/period.ts';
import { copyOut, type Literal, type TakeRow } from './copy-out.ts';
import type { Tx } from './database.ts';
import type { IntegerRows } from './integer-rows.ts';
import { PackedRows } from './retention-packs.queries.ts';
import { BucketPace } from './retention/bucket-pace.ts';
import { BUCKETS } from './retention/customer-keys.ts';
import { CustomersInOrder, type ReferralKeys } from './retention/customers-in-order.ts';
import { DecisionHits } from './retention/decision-hits.ts';
import { standingReferrals } from './retention/packed-referrals.ts';
import { CUSTOMER_WORDS, StandingCustomers } from './retention/standing-customers.ts';
import { sql } from './sql.ts';

/**
 * The customers of retention, hits and callers as they are read at a close: PostgreSQL scans and sends narrow rows, which
 * are netted and sorted here in typed arrays. What callers did, `customerSlices` reads. `mark`: imports up to this number.
 */

/** Of customers, hits and callers that are put in order at once: few enough for the memory in which they are looked up to be near. */
const WORDS_AT_ONCE = 1_000_000;

/** Sends every row that a scan finds: neither compiled for its length nor handed on by workers, which costs more. */
async function scan(tx: Tx, statement: string, parameters: readonly Literal[], take: TakeRow): Promise<void> {
  // on nodes, too
  await tx.query(
    `set local citus.propagate_set_commands to 'local'; set local jit to off; set local max_parallel_workers_per_gather to 0`,
  );
  await copyOut(tx, statement, parameters, take);
  await tx.query('set local jit to default; set local max_parallel_workers_per_gather to default');
}

async function standingCustomers(tx: Tx, mark: string): Promise<StandingCustomers> {
  const customers = new StandingCustomers();
  await scan(tx, sql('retention-customer-stream'), [mark], customers.take);
  return customers;
}

/** Which customers are looked at, and when. */
export interface CustomerReading {
  /** last day of hits */
  readonly until: LocalDate;
  readonly mark: string;
  /** codes of the decisions whose hits are meant */
  readonly decisions: readonly string[];
  /** months whose callers are looked for, and 1 for cells whose contacts make one */
  readonly called: readonly Period[];
  readonly inbound: Uint8Array;
  readonly referrals: ReferralKeys;
}

/** Everybody who is known, was hit, called or was referred; of the hits those that stand. */
export async function customersInOrder(
  tx: Tx,
  { until, mark, decisions, called, inbound, referrals }: CustomerReading,
): Promise<{ customers: CustomersInOrder; segments: readonly string[] }> {
  const standing = await standingCustomers(tx, mark);
  const customers = new CustomersInOrder(standing, new DecisionHits(decisions), referrals, inbound);
  const readings = () => [
    new PackedRows(tx, 'hit', { from: '-infinity', until, mark }),
    ...called.map((month) => new PackedRows(tx, 'contact', { from: firstDay(month), until: lastDay(month), mark })),
  ];
  // turn about: one is read while what the other read is looked at
  const turns = [readings(), readings()];
  const read = (from: number, to: number): Promise<Int32Array[]> => {
    turns.reverse();
    return heardLater(Promise.all(turns[0]!.map((packs) => packs.read({ from, to }))));
  };
  const pace = new BucketPace(WORDS_AT_ONCE);
  let to = pace.atOnce;
  let coming = read(0, to);
  for (let from = 0; from < BUCKETS;) {
    const [hits, ...contacts] = await coming;
    const known = customers.count;
    const next = Math.min(BUCKETS, to + pace.atOnce);
    if (to < BUCKETS) coming = read(to, next);
    customers.take(from, to, hits!, contacts);
    const words = contacts.reduce((sum, own) => sum + own.length, hits!.length);
    pace.came(to - from, words + CUSTOMER_WORDS * (customers.count - known));
    [from, to] = [to, next];
  }
  return { customers, segments: standing.segments };
}

/** Columns: day since 1970, high and low 32 bits of the key of who came. */
export async function referralEvents(tx: Tx, from: LocalDate, until: LocalDate, mark: string): Promise<IntegerRows> {
  const packs = new PackedRows(tx, 'referral', { from, until, mark });
  return standingReferrals(await packs.read({ from: 0, to: BUCKETS }));
}
