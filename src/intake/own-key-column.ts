import { CustomerHash } from './customer-hash.ts';
import type { FactColumn, FactContext } from './fact-columns.ts';

const BEFORE = Buffer.from('contact ');
const LONGEST_ID = 200; // of those that take the fast way

/**
 * A contact's customer on a cluster, where a row lies by its key and must have one: without customer the key is the first
 * 8 bytes of SHA-256 of "contact " and the contact's id, which no customer has (own_contact_key in the database).
 * @param customer the column that the file has, at `at`; undefined: it has none @param id place and number of the contact's id
 */
export function ownKeyColumn(
  { place, out }: FactContext,
  customer: { readonly column: FactColumn; readonly at: number } | undefined,
  c: number,
  id: { readonly at: number; readonly c: number },
): FactColumn {
  const hash = new CustomerHash();
  const text = Buffer.alloc(BEFORE.length + LONGEST_ID);
  BEFORE.copy(text);
  const put = (bytes: Buffer): void => {
    out.putNull();
    hash.ofAny(bytes);
    out.putWords(hash.high, hash.low);
  };
  return {
    begin: (batch) => customer?.column.begin?.(batch),
    fast() {
      if (customer) {
        const at = place.base + customer.at;
        if (place.starts[at] !== place.ends[at]) return customer.column.fast();
      }
      const s = place.starts[place.base + id.at]!;
      const e = place.ends[place.base + id.at]!;
      if (e - s > LONGEST_ID) return false;
      place.bytes.copy(text, BEFORE.length, s, e);
      put(text.subarray(0, BEFORE.length + e - s));
      return true;
    },
    slow(row) {
      if (customer && row.values[c] !== null) customer.column.slow(row);
      else put(Buffer.concat([BEFORE, Buffer.from(row.values[id.c]!)]));
    },
  };
}
