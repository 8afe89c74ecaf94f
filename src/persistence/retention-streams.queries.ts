import { KeyNumbers } from '../domain/key-numbers.ts';
import type { LocalDate, Period } from '../domain/period.ts';
import { firstDay, lastDay } from '../domain/period.ts';
import { copyOut, type Literal, type TakeRow } from './copy-out.ts';
import type { Tx } from './database.ts';
import { ContactHistory, type KeptContacts } from './retention/contact-history.ts';
import { keysOf, type CustomerKeys } from './retention/customer-keys.ts';
import { DecisionHits } from './retention/decision-hits.ts';
import { MarginEvents, type MarginColumns, type MarginRules } from './retention/margin-events.ts';
import { StandingCustomers } from './retention/standing-customers.ts';
import { sql } from './sql.ts';

/**
 * The facts of retention as they are read at a close: PostgreSQL scans and sends narrow rows, which are filtered, netted,
 * sorted and joined here in typed arrays. `mark`: imports up to this number.
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

export async function contactHistory(
  tx: Tx,
  customers: CustomerKeys,
  kept: KeptContacts,
  days: { readonly from: LocalDate | '-infinity'; readonly until: LocalDate },
  mark: string,
): Promise<ContactHistory> {
  const history = new ContactHistory(customers, kept);
  const { bits, mask } = customers.filter();
  await scan(tx, sql('retention-contact-stream'), [days.from, days.until, mark, bits, mask], history.take);
  history.arrange();
  return history;
}

export interface RevenueReading extends MarginRules {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly mark: string;
  readonly currency: string;
}

/** @param wanted 1 for the customers whose events are read, by number */
export async function marginEvents(
  tx: Tx,
  customers: CustomerKeys,
  wanted: Uint8Array,
  contacts: ContactHistory,
  reading: RevenueReading,
): Promise<MarginColumns> {
  const events = new MarginEvents(customers, wanted, contacts, reading);
  const { from, to, mark, currency } = reading;
  const { bits, mask } = customers.filter();
  await scan(tx, sql('retention-revenue-stream'), [from, to, mark, bits, mask, currency], events.take);
  return events.columns();
}
