import { EPOCH_SECONDS } from '../epoch.ts';
import { wholeNumber } from '../whole-number.ts';
import type { CustomerKeys } from './customer-keys.ts';
import { byCustomer, type CustomerRange } from './by-customer.ts';

/** Words of a contact behind its key: PostgreSQL's microseconds, day since 1970, number of the import times sign. */
const W = { timeHigh: 2, timeLow: 3, day: 4, cell: 5, import: 6, seconds: 7, idBytes: 8, id: 9 } as const;
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

/** Ids are held in whole words, the first byte highest, zeros behind: so they are in the order of their bytes. */
function idWords(bytes: number): number {
  return (bytes + 3) >> 2;
}

/** Contacts of a range of customers as they stand at a watermark. */
export class ContactHistory {
  /** customer `range.from + c` has the contacts `starts[c]` to `starts[c + 1] - 1` of the columns below */
  private readonly starts: Int32Array;
  private readonly time: Float64Array;
  private readonly day: Int32Array;
  private readonly cell: Int32Array;
  private readonly seconds: Int32Array;

  /** @param words records of the range's customers and of others, in any order */
  constructor(
    customers: CustomerKeys,
    private readonly range: CustomerRange,
    words: Int32Array,
    private readonly kept: KeptContacts,
  ) {
    const places = placesOf(words);
    const timeOf = (place: number): number => wholeNumber(words[place + W.timeHigh]!, words[place + W.timeLow]!);
    const { starts, order } = byCustomer(customers, range, words, places, (a, b) => timeOf(a) - timeOf(b) || compareIds(words, a, b)); // prettier-ignore
    const most = order.length;
    this.starts = new Int32Array(starts.length);
    this.time = new Float64Array(most);
    [this.day, this.cell, this.seconds] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
    let to = 0;
    for (let c = 0; c + 1 < starts.length; c++) {
      const own = order.subarray(starts[c]!, starts[c + 1]!);
      const standing = isCorrected(words, own) && standingOf(words, own);
      for (let i = 0; i < own.length; i++) {
        const at = own[i]!;
        if (standing && !standing.has(at)) continue;
        this.time[to] = timeOf(at);
        this.day[to] = words[at + W.day]!;
        this.cell[to] = words[at + W.cell]!;
        this.seconds[to] = words[at + W.seconds]!;
        if (this.isKept(range.from + c, to)) to++;
      }
      this.starts[c + 1] = to;
    }
  }

  /** 1 for each customer of the range with a contact that opens episodes in one of some ranges of days, `from` included, `to` not. */
  callersIn(ranges: readonly { readonly from: number; readonly to: number }[]): Uint8Array {
    const called = new Uint8Array(this.starts.length - 1);
    for (let c = 0; c < called.length; c++) {
      for (let row = this.starts[c]!; row < this.starts[c + 1]! && called[c] === 0; row++) {
        const day = this.day[row]!;
        if (this.opens(this.range.from + c, this.cell[row]!) && ranges.some(({ from, to }) => day >= from && day < to))
          called[c] = 1;
      }
    }
    return called;
  }

  /** Contacts that open episodes or join them, of some customers. @param wanted 1 for each of the range that is meant */
  contactsOf(wanted: Uint8Array): ContactColumns {
    const rows = new Int32Array(this.time.length);
    const customer = new Int32Array(rows.length);
    let count = 0;
    for (let c = 0; c < wanted.length; c++) {
      if (wanted[c] !== 1) continue;
      const of = this.range.from + c;
      for (let row = this.starts[c]!; row < this.starts[c + 1]!; row++) {
        if (!this.opens(of, this.cell[row]!)) continue;
        customer[count] = of;
        rows[count++] = row;
      }
    }
    const { time, day, cell } = this;
    const own = rows.subarray(0, count);
    const at = new Float64Array(count);
    for (let i = 0; i < count; i++) at[i] = Math.floor(time[own[i]!]! / SECOND) + EPOCH_SECONDS;
    return {
      ...{ customer: customer.subarray(0, count), at },
      ...{ day: own.map((row) => day[row]!), cellNo: own.map((row) => cell[row]!) },
    };
  }

  /**
   * Whether a customer was in contact at an instant (PostgreSQL's microseconds) of a day: of the contact's own, or of the
   * next one where it goes on past midnight; both ends included.
   */
  isTalking(customer: number, time: number, day: number): boolean {
    const { kept, seconds, starts } = this;
    const c = customer - this.range.from;
    for (let row = starts[c]!; row < starts[c + 1]!; row++) {
      const began = this.time[row]!;
      if (began > time) return false;
      const later = day - this.day[row]!;
      if (seconds[row]! < 0 || this.day[row]! < kept.talksFrom || (later !== 0 && later !== 1)) continue;
      if (time <= began + seconds[row]! * SECOND) return true;
    }
    return false;
  }

  private isKept(customer: number, row: number): boolean {
    return this.opens(customer, this.cell[row]!) || (this.seconds[row]! >= 0 && this.day[row]! >= this.kept.talksFrom);
  }

  private opens(customer: number, cell: number): boolean {
    return this.kept.callers?.[customer] === 1 && this.kept.inbound?.[cell] === 1;
  }
}

/** Where each record begins. */
function placesOf(words: Int32Array): Int32Array {
  const places = new Int32Array(Math.floor(words.length / W.id));
  let count = 0;
  for (let at = 0; at < words.length; at += W.id + idWords(words[at + W.idBytes]!)) places[count++] = at;
  return places.subarray(0, count);
}

function compareIds(words: Int32Array, a: number, b: number): number {
  const count = idWords(Math.min(words[a + W.idBytes]!, words[b + W.idBytes]!));
  for (let at = W.id; at < W.id + count; at++) {
    if (words[a + at] !== words[b + at]) return (words[a + at]! >>> 0) - (words[b + at]! >>> 0);
  }
  return words[a + W.idBytes]! - words[b + W.idBytes]!;
}

function isCorrected(words: Int32Array, places: Int32Array): boolean {
  for (let i = 0; i < places.length; i++) if (words[places[i]! + W.import]! < 0) return true;
  return false;
}

/** Of corrected contacts the newest version, unless it was taken back. @param places of one customer */
function standingOf(words: Int32Array, places: Int32Array): ReadonlySet<number> {
  const contacts = new Map<string, { net: number; newest: number; place: number }>();
  for (const place of places) {
    const id = words.subarray(place + W.idBytes, place + W.id + idWords(words[place + W.idBytes]!)).join(' ');
    const of = contacts.get(id) ?? { net: 0, newest: 0, place: -1 };
    contacts.set(id, of);
    const signed = words[place + W.import]!;
    of.net += Math.sign(signed);
    if (signed > of.newest) [of.newest, of.place] = [signed, place];
  }
  return new Set([...contacts.values()].filter(({ net }) => net > 0).map(({ place }) => place));
}
