import { KeyNumbers } from '../domain/key-numbers.ts';
import type { LocalDate, Period } from '../domain/period.ts';
import { firstDay, lastDay } from '../domain/period.ts';
import { copyOut, type Literal, type TakeRow } from './copy-out.ts';
import type { Tx } from './database.ts';
import { keysOf } from './retention/customer-keys.ts';
import { DecisionHits } from './retention/decision-hits.ts';
import { StandingCustomers } from './retention/standing-customers.ts';
import { sql } from './sql.ts';

/**
 * The customers of retention, hits and callers as they are read at a close: PostgreSQL scans and sends narrow rows, which
 * are netted and sorted here in typed arrays. What callers did, `customerSlices` reads. `mark`: imports up to this number.
 */

/** Sends every row that a scan finds: neither compiled for its length nor handed on by workers, which costs more. */
async function scan(tx: Tx, statement: string, parameters: readonly Literal[], take: TakeRow): Promise<void> {
  // on nodes, too
  await tx.query(
    `set local citus.propagate_set_commands to 'local'; set local jit to off; set local max_parallel_workers_per_gather to 0`,
  );
  await copyOut(tx, statement, parameters, take);
  await tx.query('set local jit to default; set local max_parallel_workers_per_gather to default');
}

export async function standingCustomers(tx: Tx, mark: string): Promise<StandingCustomers> {
  const customers = new StandingCustomers();
  await scan(tx, sql('retention-customer-stream'), [mark], customers.take);
  return customers;
}

export async function decisionHits(
  tx: Tx,
  decisions: readonly string[],
  until: LocalDate,
  mark: string,
): Promise<DecisionHits> {
  const hits = new DecisionHits(decisions);
  await scan(tx, sql('retention-hit-stream'), [decisions, until, mark], hits.take);
  hits.arrange();
  return hits;
}

/** Keys of the customers who had contacts in some months, of cells that count; some of them may have been corrected away. */
export async function callersOf(
  tx: Tx,
  months: readonly Period[],
  inbound: Uint8Array,
  mark: string,
): Promise<BigInt64Array> {
  const callers = new KeyNumbers();
  for (const month of months) {
    await scan(tx, sql('retention-caller-stream'), [firstDay(month), lastDay(month), mark], (bytes, at) => {
      if (inbound[bytes.readInt32BE(at + 16)] === 1)
        callers.numberOf(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8));
    });
  }
  return keysOf(callers);
}
