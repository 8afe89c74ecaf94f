import type { LocalDate } from '../../domain/period.ts';
import type { Tx } from '../database.ts';
import { PackedRows } from '../retention-packs.queries.ts';
import { ContactHistory, type KeptContacts } from './contact-history.ts';
import { BUCKETS, type CustomerKeys } from './customer-keys.ts';
import type { CustomerRange } from './by-customer.ts';
import { MarginEvents, type MarginColumns, type MarginRules } from './margin-events.ts';

/** Which events of revenue are read, and how they become margins. */
export interface RevenueReading extends MarginRules {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly mark: string;
}

/** What a range of customers did, in order; good until the next range is asked for. */
export interface CustomerSlice {
  readonly range: CustomerRange;
  readonly contacts: ContactHistory;
  /** @param wanted 1 for each of the range whose events are meant */
  readonly margins: (wanted: Uint8Array) => Promise<MarginColumns>;
}

/** How much of the facts stands in memory at once. */
export interface Slicing {
  /** contacts and events that a slice has at least; a bucket is never cut */
  readonly rows?: number;
}

/** Few enough for a slice to be small beside all, enough for it to be worth its arrays. */
const ROWS = 100_000;

/**
 * Contacts and margins of customers, slice by slice of their range in the order of their numbers: only one slice at a
 * time stands in order in memory. @param contactsFrom first day of the contacts; both end with the reading's last
 */
export async function* customerSlices(
  tx: Tx,
  customers: CustomerKeys,
  kept: KeptContacts,
  contactsFrom: LocalDate | '-infinity',
  reading: RevenueReading,
  { rows = ROWS }: Slicing = {},
): AsyncGenerator<CustomerSlice> {
  const first = customers.bucketStarts();
  const events = new MarginEvents(customers, reading);
  const history = new ContactHistory(customers, kept);
  const { from: revenueFrom, to: until, mark } = reading;
  const contacts = await PackedRows.open(tx, 'contact', { from: contactsFrom, until, mark });
  const revenue = await PackedRows.open(tx, 'revenue', { from: revenueFrom, until, mark });
  for (let from = 0, to = 0; from < BUCKETS; from = to) {
    for (let count = 0; to < BUCKETS && (to === from || count < rows); to++)
      count += contacts.facts[to]! + revenue.facts[to]!;
    const [range, buckets] = [
      { from: first[from]!, to: first[to]! },
      { from, to },
    ];
    history.take(range, await contacts.read(buckets));
    const margins = async (wanted: Uint8Array): Promise<MarginColumns> =>
      events.of(range, await revenue.read(buckets), wanted, history);
    yield { range, contacts: history, margins };
  }
}
