import { EPOCH_SECONDS } from '../epoch.ts';
import { wholeNumber } from '../whole-number.ts';
import type { CustomerKeys } from './customer-keys.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import { ByCustomer, roomFor, sortTogether, type CustomerRange } from './by-customer.ts';
import { contactRecordWords } from './fact-packs.ts';

/** Words of a contact behind its key (123-contacts-rolled-up-from-packs.sql): PostgreSQL's microseconds, day since 1970, number of the import times sign. */
const W = { timeHigh: 2, timeLow: 3, day: 4, cell: 5, import: 6, seconds: 7, idLength: 8, id: 9 } as const;
/** Words of a record by customer. */
const M = { timeHigh: 0, timeLow: 1, day: 2, cell: 3, seconds: 4, place: 5, words: 6 } as const;
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

/** Ids are held in whole words, the first byte highest, zeros behind: so they are in the order of their bytes. @param length twice their bytes, or one more */
function idWords(length: number): number {
  return (length + 6) >> 3;
}

/** Contacts of customers as they stand at a watermark, range after range of them in the same memory. */
export class ContactHistory {
  private range: CustomerRange = { from: 0, to: 0 };
  private readonly grouping = new ByCustomer();
  /** customer `range.from + c` has the contacts `starts[c]` to `starts[c + 1] - 1` of the columns below */
  private starts = new Int32Array(1);
  private time = new Float64Array(0);
  private day = new Int32Array(0);
  private cell = new Int32Array(0);
  private seconds = new Int32Array(0);
  /** where each record begins: as they came, then by customer */
  private came = new Int32Array(0);
  private place = new Int32Array(0);
  /** by customer, what is read of a record side by side: a record is put in one place of the memory, not in five */
  private mixed = new Int32Array(0);
  /** 1 for customers with a contact that was corrected */
  private corrected = new Uint8Array(0);
  private columns: ContactColumns = {
    ...{ customer: new Int32Array(0), at: new Float64Array(0) },
    ...{ day: new Int32Array(0), cellNo: new Int32Array(0) },
  };

  constructor(
    private readonly customers: CustomerKeys,
    private readonly kept: KeptContacts,
  ) {}

  /** Takes the contacts of a range in the place of those before. @param words records of the range's customers and of others, in any order */
  take(range: CustomerRange, words: Int32Array): void {
    this.range = range;
    this.group(words);
    const { time, day, cell, seconds, place, mixed } = this;
    const { starts } = this.grouping;
    this.starts = starts;
    let to = 0;
    for (let c = 0, at = 0; c < range.to - range.from; c++) {
      const end = M.words * starts[c + 1]!;
      let last = -Infinity;
      let areInOrder = true;
      let put = to;
      for (; at < end; at += M.words, put++) {
        const own = wholeNumber(mixed[at + M.timeHigh]!, mixed[at + M.timeLow]!);
        if (own <= last) areInOrder = false;
        last = own;
        time[put] = own;
        day[put] = mixed[at + M.day]!;
        cell[put] = mixed[at + M.cell]!;
        seconds[put] = mixed[at + M.seconds]!;
        place[put] = mixed[at + M.place]!;
      }
      if (!areInOrder && putInOrder(words, time, place, to, put)) this.readAgain(words, to, put);
      to = this.keep(range.from + c, to, put, this.corrected[c] === 1 ? words : undefined);
      starts[c + 1] = to;
    }
  }

  /** Records by customer: read in the order in which they came, which is that of the memory. */
  private group(words: Int32Array): void {
    const { customers, grouping } = this;
    const { from, to } = this.range;
    const most = Math.floor(words.length / W.id);
    grouping.begin(to - from, most);
    this.came = roomFor(this.came, most);
    this.corrected = roomFor(this.corrected, to - from).fill(0, 0, to - from);
    const { came, corrected } = this;
    for (let at = 0; at < words.length; at += contactRecordWords(words[at + W.idLength]!)) {
      const c = customers.find(words[at]!, words[at + 1]!) - from;
      if (c < 0) continue;
      came[grouping.count] = at;
      grouping.add(c);
      if (words[at + W.import]! < 0) corrected[c] = 1;
    }
    grouping.added();
    const { count } = grouping;
    this.time = roomFor(this.time, count);
    this.day = roomFor(this.day, count);
    this.cell = roomFor(this.cell, count);
    this.seconds = roomFor(this.seconds, count);
    this.place = roomFor(this.place, count);
    this.mixed = roomFor(this.mixed, M.words * count);
    const { mixed } = this;
    for (let record = 0; record < count; record++) {
      const at = came[record]!;
      const own = M.words * grouping.placeOf(record);
      mixed[own + M.timeHigh] = words[at + W.timeHigh]!;
      mixed[own + M.timeLow] = words[at + W.timeLow]!;
      mixed[own + M.day] = words[at + W.day]!;
      mixed[own + M.cell] = words[at + W.cell]!;
      mixed[own + M.seconds] = words[at + W.seconds]!;
      mixed[own + M.place] = at;
    }
    grouping.placed();
  }

  /** Moves a customer's rows that are kept to the front of them. @param corrected words, where some were corrected @returns where they end */
  private keep(customer: number, from: number, end: number, corrected: Int32Array | undefined): number {
    const { time, day, cell, seconds, place } = this;
    const standing = corrected === undefined ? undefined : standingOf(corrected, place.subarray(from, end));
    let to = from;
    for (let row = from; row < end; row++) {
      if (!this.isKept(customer, row) || (standing !== undefined && !standing.has(place[row]!))) continue;
      if (to < row) {
        time[to] = time[row]!;
        day[to] = day[row]!;
        cell[to] = cell[row]!;
        seconds[to] = seconds[row]!;
      }
      to++;
    }
    return to;
  }

  /** What stands beside the instants of records that were put in another order. */
  private readAgain(words: Int32Array, from: number, to: number): void {
    const { day, cell, seconds, place } = this;
    for (let row = from; row < to; row++) {
      const at = place[row]!;
      day[row] = words[at + W.day]!;
      cell[row] = words[at + W.cell]!;
      seconds[row] = words[at + W.seconds]!;
    }
  }

  /** 1 for each customer of the range with a contact that opens episodes in one of some ranges of days, `from` included, `to` not. */
  callersIn(ranges: readonly { readonly from: number; readonly to: number }[]): Uint8Array {
    const { starts, day, cell } = this;
    const called = new Uint8Array(this.range.to - this.range.from);
    for (let c = 0; c < called.length; c++) {
      if (this.kept.callers?.[this.range.from + c] !== 1) continue;
      for (let row = starts[c]!; row < starts[c + 1]! && called[c] === 0; row++) {
        for (const { from, to } of ranges)
          if (day[row]! >= from && day[row]! < to && this.opens(this.range.from + c, cell[row]!)) called[c] = 1;
      }
    }
    return called;
  }

  /**
   * Contacts that open episodes or join them, of some customers; good until the next are asked for.
   * @param wanted 1 for each of the range that is meant
   */
  contactsOf(wanted: Uint8Array): ContactColumns {
    const { time, starts, columns: own } = this;
    let most = 0;
    for (let c = 0; c < wanted.length; c++) if (wanted[c] === 1) most += starts[c + 1]! - starts[c]!;
    this.columns = {
      ...{ customer: roomFor(own.customer, most), at: roomFor(own.at, most) },
      ...{ day: roomFor(own.day, most), cellNo: roomFor(own.cellNo, most) },
    };
    const { customer, at, day, cellNo } = this.columns;
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
    const { kept, seconds, starts, day: days } = this;
    const c = customer - this.range.from;
    for (let row = starts[c]!; row < starts[c + 1]!; row++) {
      const later = day - days[row]!;
      if ((later !== 0 && later !== 1) || seconds[row]! < 0 || days[row]! < kept.talksFrom) continue;
      const began = this.time[row]!;
      if (time >= began && time <= began + seconds[row]! * SECOND) return true;
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

/** Puts a customer's records in order of time, those of one instant by contact id. @returns whether any had to be moved */
function putInOrder(words: Int32Array, time: Float64Array, order: Int32Array, from: number, to: number): boolean {
  let [isInOrder, areApart] = [true, true];
  for (let i = from + 1; i < to; i++) {
    if (time[i - 1]! >= time[i]!) areApart = false;
    if (time[i - 1]! > time[i]!) isInOrder = false;
  }
  if (!isInOrder) sortTogether(time, order, from, to);
  if (areApart) return false;
  const byId = (a: number, b: number): number => compareIds(words, a, b);
  for (let first = from, next = from; first < to; first = next) {
    while (next < to && time[next] === time[first]) next++;
    if (next - first > 1) sortShort(order, first, next, byId);
  }
  return true;
}

function compareIds(words: Int32Array, a: number, b: number): number {
  const count = idWords(Math.min(words[a + W.idLength]!, words[b + W.idLength]!));
  for (let at = W.id; at < W.id + count; at++) {
    if (words[a + at] !== words[b + at]) return (words[a + at]! >>> 0) - (words[b + at]! >>> 0);
  }
  return (words[a + W.idLength]! >> 1) - (words[b + W.idLength]! >> 1);
}

/** Of corrected contacts the newest version, unless it was taken back. @param places of one customer */
function standingOf(words: Int32Array, places: Int32Array): ReadonlySet<number> {
  const contacts = new Map<string, { net: number; newest: number; place: number }>();
  for (const place of places) {
    const length = words[place + W.idLength]!;
    const id = `${length >> 1} ${words.subarray(place + W.id, place + W.id + idWords(length)).join(' ')}`;
    const of = contacts.get(id) ?? { net: 0, newest: 0, place: -1 };
    contacts.set(id, of);
    const signed = words[place + W.import]!;
    of.net += Math.sign(signed);
    if (signed > of.newest) [of.newest, of.place] = [signed, place];
  }
  return new Set([...contacts.values()].filter(({ net }) => net > 0).map(({ place }) => place));
}
