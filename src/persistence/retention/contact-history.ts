import { EPOCH_DAYS, EPOCH_SECONDS } from '../epoch.ts';
import { wholeNumber } from '../whole-number.ts';
import type { CustomerKeys } from './customer-keys.ts';
import { inBucket, KeyBuckets } from './key-buckets.ts';

const WORDS = 9;
const W = { timeHigh: 2, timeLow: 3, day: 4, cell: 5, import: 6, seconds: 7, id: 8 } as const;
const SECOND = 1_000_000; // of PostgreSQL's microseconds

/** Which contacts are kept: those that can open an episode or join one, and those inside of which a sale can fall. */
export interface KeptContacts {
  /** 1 for customers whose contacts open episodes, by number; absent: nobody's do */
  readonly callers?: Uint8Array;
  /** 1 for cells whose contacts open episodes, by number of the cell */
  readonly inbound?: Uint8Array;
  /** first day (since 1970) on which a contact matters for its sales */
  readonly talksFrom: number;
}

/** Contacts by customer number, instant and contact id: instants in epoch seconds, days since 1970. */
export interface ContactColumns {
  readonly customer: Int32Array;
  readonly at: Float64Array;
  readonly day: Int32Array;
  readonly cellNo: Int32Array;
}

/** Contacts of some customers as they stand at a watermark. */
export class ContactHistory {
  private rows = new KeyBuckets(WORDS);
  private ids = Buffer.alloc(16 * 1024);
  private idBytes = 0;
  /** customer `c` has the contacts `starts[c]` to `starts[c + 1] - 1` of the columns below */
  private readonly starts: Int32Array;
  private time = new Float64Array(0);
  private day = new Int32Array(0);
  private cell = new Int32Array(0);
  private seconds = new Int32Array(0);

  constructor(
    private readonly customers: CustomerKeys,
    private readonly kept: KeptContacts,
  ) {
    this.starts = new Int32Array(customers.count + 1);
  }

  /** Takes a row of retention-contact-stream.sql. Numbers of imports are below 2^31. */
  readonly take = (bytes: Buffer, at: number): void => {
    const to = this.rows.add(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8));
    const { words } = this.rows;
    const timed = bytes.readInt32BE(at + 52) > 0;
    words[to + W.timeHigh] = bytes.readInt32BE(at + 16);
    words[to + W.timeLow] = bytes.readInt32BE(at + 20);
    words[to + W.day] = bytes.readInt32BE(at + 28) + EPOCH_DAYS;
    words[to + W.cell] = bytes.readInt32BE(at + 36);
    words[to + W.import] = bytes.readInt32BE(at + 48);
    words[to + W.seconds] = timed ? bytes.readInt32BE(at + 56) : -1;
    words[to + W.id] = this.idBytes;
    const id = at + (timed ? 60 : 56);
    this.keepId(bytes, id, id + 4 + bytes.readInt32BE(id));
  };

  /** Once all are there: in order, and only those that stand. */
  arrange(): void {
    const most = this.rows.count;
    const [time, day, cell, seconds] = [new Float64Array(most), new Int32Array(most), new Int32Array(most), new Int32Array(most)]; // prettier-ignore
    let [to, done] = [0, 0];
    for (const bucket of this.rows.taken()) {
      const { words } = bucket;
      const timeOf = (row: number): number =>
        wholeNumber(words[row * WORDS + W.timeHigh]!, words[row * WORDS + W.timeLow]!);
      const { first, starts, order } = inBucket(this.customers, bucket, WORDS, (a, b) => timeOf(a) - timeOf(b) || this.idOf(words, a).compare(this.idOf(words, b))); // prettier-ignore
      for (let c = 0; c + 1 < starts.length; c++) {
        for (; done < first + c; done++) this.starts[done + 1] = to;
        const own = order.subarray(starts[c]!, starts[c + 1]!);
        const standing = isCorrected(words, own) && this.standing(words, own);
        for (let i = 0; i < own.length; i++) {
          const row = own[i]!;
          if (standing && !standing.has(row)) continue;
          const at = row * WORDS;
          time[to] = timeOf(row);
          day[to] = words[at + W.day]!;
          cell[to] = words[at + W.cell]!;
          seconds[to] = words[at + W.seconds]!;
          if (this.isKept(first + c, cell[to]!, seconds[to]!, day[to]!)) to++;
        }
        this.starts[++done] = to;
      }
    }
    for (; done < this.customers.count; done++) this.starts[done + 1] = to;
    [this.time, this.day, this.cell, this.seconds] = [time, day, cell, seconds];
    this.ids = Buffer.alloc(0);
  }

  /** 1 for each customer with a contact that opens episodes in one of some ranges of days, `from` included, `to` not. */
  callersIn(ranges: readonly { readonly from: number; readonly to: number }[]): Uint8Array {
    const called = new Uint8Array(this.customers.count);
    for (let customer = 0; customer < called.length; customer++) {
      for (let row = this.starts[customer]!; row < this.starts[customer + 1]! && called[customer] === 0; row++) {
        const day = this.day[row]!;
        if (this.opens(customer, this.cell[row]!) && ranges.some(({ from, to }) => day >= from && day < to))
          called[customer] = 1;
      }
    }
    return called;
  }

  /** Contacts that open episodes or join them, of some customers. @param number new number of each customer, or -1 */
  contactsOf(number: Int32Array): ContactColumns {
    const rows = new Int32Array(this.starts.at(-1)!);
    const customer = new Int32Array(rows.length);
    let count = 0;
    for (let of = 0; of < number.length; of++) {
      if (number[of]! < 0) continue;
      for (let row = this.starts[of]!; row < this.starts[of + 1]!; row++) {
        if (!this.opens(of, this.cell[row]!)) continue;
        customer[count] = number[of]!;
        rows[count++] = row;
      }
    }
    const { time, day, cell } = this;
    const own = rows.subarray(0, count);
    const at = new Float64Array(count);
    for (let i = 0; i < count; i++) at[i] = Math.floor(time[own[i]!]! / SECOND) + EPOCH_SECONDS;
    return {
      ...{ customer: customer.slice(0, count), at },
      ...{ day: own.map((row) => day[row]!), cellNo: own.map((row) => cell[row]!) },
    };
  }

  /**
   * Whether a customer was in contact at an instant (PostgreSQL's microseconds) of a day: of the contact's own, or of the
   * next one where it goes on past midnight; both ends included.
   */
  isTalking(customer: number, time: number, day: number): boolean {
    const { kept, seconds } = this;
    for (let row = this.starts[customer]!; row < this.starts[customer + 1]!; row++) {
      const began = this.time[row]!;
      if (began > time) return false;
      const later = day - this.day[row]!;
      if (seconds[row]! < 0 || this.day[row]! < kept.talksFrom || (later !== 0 && later !== 1)) continue;
      if (time <= began + seconds[row]! * SECOND) return true;
    }
    return false;
  }

  private isKept(customer: number, cell: number, seconds: number, day: number): boolean {
    return this.opens(customer, cell) || (seconds >= 0 && day >= this.kept.talksFrom);
  }

  private opens(customer: number, cell: number): boolean {
    return this.kept.callers?.[customer] === 1 && this.kept.inbound?.[cell] === 1;
  }

  /** Of corrected contacts the newest version, unless it was taken back. @param rows of one customer */
  private standing(words: Int32Array, rows: Int32Array): ReadonlySet<number> {
    const contacts = new Map<string, { net: number; newest: number; row: number }>();
    for (const row of rows) {
      const id = this.idOf(words, row).toString('latin1');
      const of = contacts.get(id) ?? { net: 0, newest: 0, row: -1 };
      contacts.set(id, of);
      const signed = words[row * WORDS + W.import]!;
      of.net += Math.sign(signed);
      if (signed > of.newest) [of.newest, of.row] = [signed, row];
    }
    return new Set([...contacts.values()].filter(({ net }) => net > 0).map(({ row }) => row));
  }

  private idOf(words: Int32Array, row: number): Buffer {
    const at = words[row * WORDS + W.id]!;
    return this.ids.subarray(at + 4, at + 4 + this.ids.readInt32BE(at));
  }

  /** Keeps an id with its length. */
  private keepId(bytes: Buffer, from: number, to: number): void {
    if (this.idBytes + to - from > this.ids.length) {
      const larger = Buffer.alloc(Math.ceil(this.ids.length * 1.5) + to - from);
      this.ids.copy(larger);
      this.ids = larger;
    }
    for (let at = from; at < to; at++) this.ids[this.idBytes++] = bytes[at]!;
  }
}

function isCorrected(words: Int32Array, rows: Int32Array): boolean {
  for (let i = 0; i < rows.length; i++) if (words[rows[i]! * WORDS + W.import]! < 0) return true;
  return false;
}
