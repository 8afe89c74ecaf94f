import { enlarged } from '../domain/enlarged.ts';
import type { KeyNumbers } from '../domain/key-numbers.ts';
import type { LocalDate, Period } from '../domain/period.ts';
import { firstDay, lastDay } from '../domain/period.ts';
import { copyOut, type Literal, type TakeRow } from './copy-out.ts';
import type { Tx } from './database.ts';
import type { IntegerRows } from './integer-rows.ts';
import { PackedRows } from './retention-packs.queries.ts';
import { BUCKETS } from './retention/customer-keys.ts';
import { DecisionHits } from './retention/decision-hits.ts';
import { standingReferrals } from './retention/packed-referrals.ts';
import { StandingCustomers } from './retention/standing-customers.ts';
import { sql } from './sql.ts';

/**
 * The customers of retention, hits and callers as they are read at a close: PostgreSQL scans and sends narrow rows, which
 * are netted and sorted here in typed arrays. What callers did, `customerSlices` reads. `mark`: imports up to this number.
 */

/** Few enough for their records to be little beside what is kept of them. */
const BUCKETS_AT_ONCE = BUCKETS / 8;

/** Sends every row that a scan finds: neither compiled for its length nor handed on by workers, which costs more. */
async function scan(tx: Tx, statement: string, parameters: readonly Literal[], take: TakeRow): Promise<void> {
  // on nodes, too
  await tx.query(
    `set local citus.propagate_set_commands to 'local'; set local jit to off; set local max_parallel_workers_per_gather to 0`,
  );
  await copyOut(tx, statement, parameters, take);
  await tx.query('set local jit to default; set local max_parallel_workers_per_gather to default');
}

/** @param keys gives every customer's key a number */
export async function standingCustomers(tx: Tx, mark: string, keys: KeyNumbers): Promise<StandingCustomers> {
  const customers = new StandingCustomers(keys);
  await scan(tx, sql('retention-customer-stream'), [mark], customers.take);
  return customers;
}

/** @param keys gives every customer's key a number */
export async function decisionHits(
  tx: Tx,
  decisions: readonly string[],
  until: LocalDate,
  mark: string,
  keys: KeyNumbers,
): Promise<DecisionHits> {
  const hits = new DecisionHits(decisions, keys);
  const packs = await PackedRows.open(tx, 'hit', { from: '-infinity', until, mark });
  for (let from = 0; from < BUCKETS; from += BUCKETS_AT_ONCE) {
    hits.take(await packs.read({ from, to: from + BUCKETS_AT_ONCE }));
  }
  hits.arrange();
  return hits;
}

/** Columns: day since 1970, high and low 32 bits of the key of who came. */
export async function referralEvents(tx: Tx, from: LocalDate, until: LocalDate, mark: string): Promise<IntegerRows> {
  const packs = await PackedRows.open(tx, 'referral', { from, until, mark });
  return standingReferrals(await packs.read({ from: 0, to: BUCKETS }));
}

/**
 * Customers who had contacts in some months, of cells that count; some of them may have been corrected away.
 * @param keys gives every customer's key a number @returns 1 by number
 */
export async function callersOf(
  tx: Tx,
  months: readonly Period[],
  inbound: Uint8Array,
  mark: string,
  keys: KeyNumbers,
): Promise<Uint8Array> {
  let called = new Uint8Array(2 * keys.count + 1024);
  for (const month of months) {
    await scan(tx, sql('retention-caller-stream'), [firstDay(month), lastDay(month), mark], (bytes, at) => {
      if (inbound[bytes.readInt32BE(at + 16)] !== 1) return;
      const number = keys.numberOf(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8));
      if (number >= called.length) called = enlarged(called);
      called[number] = 1;
    });
  }
  return called;
}
