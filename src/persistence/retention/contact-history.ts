import { EPOCH_SECONDS } from '../epoch.ts';
import { wholeNumber } from '../whole-number.ts';
import type { CustomerKeys } from './customer-keys.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import { byCustomer, sortTogether, type CustomerRange } from './by-customer.ts';

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
    const { starts, order } = byCustomer(customers, range, words, placesOf(words));
    const most = order.length;
    const time = new Float64Array(most);
    for (let i = 0; i < most; i++) time[i] = wholeNumber(words[order[i]! + W.timeHigh]!, words[order[i]! + W.timeLow]!);
    [this.starts, this.time] = [starts, time];
    [this.day, this.cell, this.seconds] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
    let to = 0;
    for (let c = 0, from = 0; c + 1 < starts.length; c++) {
      const end = starts[c + 1]!;
      putInOrder(words, time, order, from, end);
      const standing = isCorrected(words, order, from, end) && standingOf(words, order.subarray(from, end));
      for (; from < end; from++) {
        const at = order[from]!;
        if (standing && !standing.has(at)) continue;
        time[to] = time[from]!;
        this.day[to] = words[at + W.day]!;
        this.cell[to] = words[at + W.cell]!;
        this.seconds[to] = words[at + W.seconds]!;
        if (this.isKept(range.from + c, to)) to++;
      }
      starts[c + 1] = to;
    }
  }

  /** 1 for each customer of the range with a contact that opens episodes in one of some ranges of days, `from` included, `to` not. */
  callersIn(ranges: readonly { readonly from: number; readonly to: number }[]): Uint8Array {
    const { starts, day, cell } = this;
    const called = new Uint8Array(starts.length - 1);
    for (let c = 0; c < called.length; c++) {
      for (let row = starts[c]!; row < starts[c + 1]! && called[c] === 0; row++) {
        for (const { from, to } of ranges)
          if (day[row]! >= from && day[row]! < to && this.opens(this.range.from + c, cell[row]!)) called[c] = 1;
      }
    }
    return called;
  }

  /** Contacts that open episodes or join them, of some customers. @param wanted 1 for each of the range that is meant */
  contactsOf(wanted: Uint8Array): ContactColumns {
    const { time, starts } = this;
    let most = 0;
    for (let c = 0; c < wanted.length; c++) if (wanted[c] === 1) most += starts[c + 1]! - starts[c]!;
    const [customer, at] = [new Int32Array(most), new Float64Array(most)];
    const [day, cellNo] = [new Int32Array(most), new Int32Array(most)];
    let count = 0;
    for (let c = 0; c < wanted.length; c++) {
      if (wanted[c] !== 1) continue;
      const of = this.range.from + c;
      for (let row = starts[c]!; row < starts[c + 1]!; row++) {
        if (!this.opens(of, this.cell[row]!)) continue;
        customer[count] = of;
        at[count] = Math.floor(time[row]! / SECOND) + EPOCH_SECONDS;
        day[count] = this.day[row]!;
        cellNo[count++] = this.cell[row]!;
      }
    }
    return {
      ...{ customer: customer.subarray(0, count), at: at.subarray(0, count) },
      ...{ day: day.subarray(0, count), cellNo: cellNo.subarray(0, count) },
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

/** Puts a customer's records in order of time, those of one instant by contact id. */
function putInOrder(words: Int32Array, time: Float64Array, order: Int32Array, from: number, to: number): void {
  let [isInOrder, areApart] = [true, true];
  for (let i = from + 1; i < to; i++) {
    if (time[i - 1]! >= time[i]!) areApart = false;
    if (time[i - 1]! > time[i]!) isInOrder = false;
  }
  if (!isInOrder) sortTogether(time, order, from, to);
  if (areApart) return;
  const byId = (a: number, b: number): number => compareIds(words, a, b);
  for (let first = from, next = from; first < to; first = next) {
    while (next < to && time[next] === time[first]) next++;
    if (next - first > 1) sortShort(order, first, next, byId);
  }
}

function compareIds(words: Int32Array, a: number, b: number): number {
  const count = idWords(Math.min(words[a + W.idBytes]!, words[b + W.idBytes]!));
  for (let at = W.id; at < W.id + count; at++) {
    if (words[a + at] !== words[b + at]) return (words[a + at]! >>> 0) - (words[b + at]! >>> 0);
  }
  return words[a + W.idBytes]! - words[b + W.idBytes]!;
}

function isCorrected(words: Int32Array, order: Int32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (words[order[i]! + W.import]! < 0) return true;
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
