import { heardLater } from '../../domain/heard-later.ts';
import type { LocalDate } from '../../domain/period.ts';
import type { Tx } from '../database.ts';
import { PackedRows, type Buckets } from '../retention-packs.queries.ts';
import { BucketPace } from './bucket-pace.ts';
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
  /** 32-bit words of contacts and events in a slice, about; a bucket is never cut */
  readonly words?: number;
}

/** Few enough for a slice to be small beside all, enough for it to be worth its arrays. */
const WORDS = 1_000_000;

/**
 * Contacts and margins of customers, slice by slice of their range in the order of their numbers: only one slice at a
 * time stands in order in memory. What is read next is asked for before what came is looked at, so that the server has it
 * ready. Margins of a slice are asked for before the next slice. @param contactsFrom first day of the contacts; both end with the reading's last
 */
export async function* customerSlices(
  tx: Tx,
  customers: CustomerKeys,
  kept: KeptContacts,
  contactsFrom: LocalDate | '-infinity',
  reading: RevenueReading,
  { words = WORDS }: Slicing = {},
): AsyncGenerator<CustomerSlice> {
  const first = customers.bucketStarts();
  const events = new MarginEvents(customers, reading);
  const history = new ContactHistory(customers, kept);
  const { from: revenueFrom, to: until, mark } = reading;
  const contacts = new PackedRows(tx, 'contact', { from: contactsFrom, until, mark });
  const revenue = new PackedRows(tx, 'revenue', { from: revenueFrom, until, mark });
  const takeRevenue = async (buckets: Buckets, range: CustomerRange): Promise<number> => {
    events.begin(range); // those of the range before were asked for
    return await revenue.each(buckets, (records, end) => events.take(records, end));
  };
  const pace = new BucketPace(words);
  let to = pace.atOnce;
  let coming = heardLater(contacts.read({ from: 0, to }));
  for (let from = 0; from < BUCKETS;) {
    const range = { from: first[from]!, to: first[to]! };
    const own = heardLater(takeRevenue({ from, to }, range));
    const talks = await coming;
    history.take(range, talks);
    const count = to - from;
    const next = Math.min(BUCKETS, to + pace.atOnce);
    if (to < BUCKETS) coming = heardLater(contacts.read({ from: to, to: next }));
    const margins = async (wanted: Uint8Array): Promise<MarginColumns> => {
      pace.came(count, talks.length + (await own));
      return events.margins(wanted, history);
    };
    yield { range, contacts: history, margins };
    [from, to] = [to, next];
  }
}
