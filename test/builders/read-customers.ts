import type { LocalDate } from '../../src/domain/period.ts';
import type { Tx } from '../../src/persistence/database.ts';
import type { ContactColumns, KeptContacts } from '../../src/persistence/retention/contact-history.ts';
import type { CustomerKeys } from '../../src/persistence/retention/customer-keys.ts';
import { customerSlices, type RevenueReading, type Slicing } from '../../src/persistence/retention/customer-slices.ts';
import type { MarginColumns } from '../../src/persistence/retention/margin-events.ts';

type Row = readonly [customer: number, ...values: number[]];

/** What slices of customers give, behind each other: contacts of who called in some days, margins of all. */
export async function readCustomers(
  tx: Tx,
  customers: CustomerKeys,
  kept: KeptContacts,
  contactsFrom: LocalDate | '-infinity',
  reading: RevenueReading,
  { called = [], slicing }: { called?: readonly { from: number; to: number }[]; slicing?: Slicing } = {},
) {
  const [contacts, margins, slices]: [Row[], Row[], number[]] = [[], [], []];
  for await (const slice of customerSlices(tx, customers, kept, contactsFrom, reading, slicing)) {
    const { range } = slice;
    slices.push(range.to - range.from);
    contacts.push(...rowsOf(slice.contacts.contactsOf(slice.contacts.callersIn(called)), ['at', 'day', 'cellNo']));
    margins.push(...rowsOf(await slice.margins(new Uint8Array(range.to - range.from).fill(1)), ['day', 'margin']));
  }
  return { contacts, margins, slices };
}

function rowsOf<T extends ContactColumns | MarginColumns>(columns: T, names: readonly (keyof T)[]): Row[] {
  return Array.from(columns.customer, (own, i) => [own, ...names.map((name) => (columns[name] as Int32Array)[i]!)]);
}
