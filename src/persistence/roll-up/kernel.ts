import { KeyNumbers } from '../../domain/key-numbers.ts';
import { addDays, firstDay, type LocalDate } from '../../domain/period.ts';
import type { CellSum, ContactReading } from '../close-inputs.queries.ts';
import { CaseTimes, type TakenCases } from './case-times.ts';
import { CellTable, type TakenCells } from './cell-table.ts';
import { ContactRows } from './contact-rows.ts';
import { CustomerHits } from './customer-hits.ts';
import { grouped } from './grouped.ts';
import { LatestByReason } from './latest-by-reason.ts';
import { segmentParts } from './segment-parts.ts';
import { sortShort } from './sort-short.ts';

const PARTS = 720_720;
/** Traits of a contact in one word: slice (7 bits), day of tagged ones + 1 (6 bits), repeat, known. */
const TRAIT = { day: 7, repeat: 13, known: 14 } as const;
/** What few contacts have: causes, text hits, one of several reasons. */
interface Variant {
  readonly causes: string | null;
  readonly hits: number;
  readonly reason: string | null;
}
const PLAIN: Variant = { causes: null, hits: 0, reason: null };

/** Dimensions of cells as the kernel needs them, by cell number. */
export interface CellTraits {
  readonly reasons: Int32Array;
  /** 1: escalated, 2: tagged with a decision */
  readonly flags: Uint8Array;
  readonly reasonCount: number;
}

/** Everything but the facts that kernels of one reading have in common: what other threads begin with. */
export interface KernelStart {
  readonly reading: Pick<ContactReading, 'period' | 'cuts' | 'exposureRules'>;
  readonly traits: CellTraits;
  /** customers by the upper half of their key, both ends included, whose contacts are also summed apart */
  readonly sample: { readonly from: number; readonly to: number } | undefined;
  readonly cases?: TakenCases;
}

/** The sums of one kernel for another. */
export interface TakenRollUp {
  readonly cells: TakenCells;
  readonly sampled: TakenCells;
  readonly variants: readonly Variant[];
}

/**
 * The roll-up of a close in one pass over typed arrays: repeats and causes are found customer by customer, sums are
 * integers. Customers may come in slices, one after the other; their sums add up.
 */
export class RollUpKernel {
  private readonly reading: KernelStart['reading'];
  private readonly traits: CellTraits;
  private readonly sample: KernelStart['sample'];
  private readonly sliceOfDay: Int32Array;
  private readonly table = new CellTable();
  private readonly sampled = new CellTable();
  private readonly variants: Variant[] = [PLAIN];
  private readonly variantNumbers = new Map<string, number>();
  /** variant of a list of causes that comes with nothing else, by the list's number in this slice */
  private variantOfCauses: number[] = [];
  private readonly dayTexts = new Map<number, LocalDate>();
  private contacts = new ContactRows(0);
  private customers = new KeyNumbers();
  private readonly cases: CaseTimes;
  private hits: CustomerHits;
  /** number of the list of causes of each contact of this slice; -1: none */
  private causes = new Int32Array(0);

  constructor({ reading, traits, sample, cases }: KernelStart) {
    this.reading = reading;
    this.traits = traits;
    this.sample = sample;
    this.cases = cases ? CaseTimes.of(cases) : new CaseTimes();
    const days = Array.from({ length: 31 }, (_, day) => this.dayText(day));
    this.sliceOfDay = Int32Array.from(days, (day) => reading.cuts.filter((cut) => cut <= day).length);
  }

  /**
   * Before all slices, where there are several: the contacts with a case, whoever their customers are. Where there is one,
   * it brings them itself.
   */
  readonly takeCase = (bytes: Buffer, at: number): void => this.cases.take(bytes, at);

  endCases(): void {
    this.cases.arrange();
  }

  /** The cases, once all are there, for the kernels of other threads. */
  takenCases(): TakenCases {
    return this.cases.taken();
  }

  /** Begins a slice of customers. @param expected about so many contacts */
  begin(expected: number): void {
    this.contacts = new ContactRows(expected);
    this.customers = new KeyNumbers(expected / 4);
    this.variantOfCauses = [];
    this.hits = new CustomerHits(this.reading.exposureRules, (day) => this.dayText(day));
  }

  /** After the contacts of the slice. @param words hold a packed hit from `at` on @param day since the first of the month */
  takeHit(words: Int32Array, at: number, day: number): void {
    this.hits.take(words, at, day, this.customers);
  }

  readonly takeContact = (bytes: Buffer, at: number): void => this.contacts.take(bytes, at, this.customers, this.cases);

  /** Puts the contacts of the slice down to hits, once all of both are there. */
  findCauses(): void {
    const { contacts, hits } = this;
    hits.arrange(this.customers.count);
    this.causes = new Int32Array(contacts.count).fill(-1);
    for (let row = 0; row < contacts.count; row++) {
      const customer = contacts.customer(row);
      if (customer >= 0 && contacts.day(row) >= 0) this.causes[row] = hits.causesOf(customer, contacts.time(row));
    }
  }

  /** Adds the contacts of the slice, whose causes were found, to the sums. */
  end(): void {
    const { contacts, customers, causes } = this;
    if (!this.cases.isArranged) this.gatherCases();
    const { starts, order } = grouped(contacts.count, customers.count, (row) => contacts.customer(row));
    const byTime = (a: number, b: number): number => contacts.time(a) - contacts.time(b);
    const latest = new LatestByReason(this.traits.reasonCount);
    for (let customer = 0; customer < customers.count; customer++) {
      const [from, to] = [starts[customer]!, starts[customer + 1]!];
      if (to - from > 1) sortShort(order, from, to, byTime);
      latest.begin();
      for (let place = from; place < to; place++) {
        const row = order[place]!;
        const reason = this.traits.reasons[contacts.cell(row)]!;
        const time = contacts.time(row);
        if (contacts.day(row) >= 0) this.add(row, latest.within(reason, time), causes[row]!);
        if (to - from > 1 && (this.traits.flags[contacts.cell(row)]! & 1) === 0) latest.tell(reason, time);
      }
    }
    for (let row = 0; row < contacts.count; row++)
      if (contacts.customer(row) < 0 && contacts.day(row) >= 0) this.add(row, false, -1);
  }

  /** The contacts with a case of the only slice. */
  private gatherCases(): void {
    const { contacts, cases } = this;
    for (let row = 0; row < contacts.count; row++) {
      if (contacts.case(row) >= 0 && (this.traits.flags[contacts.cell(row)]! & 1) === 0)
        cases.tell(contacts.case(row), contacts.time(row));
    }
    cases.arrange();
  }

  /** The sums of the slices so far, for the kernel of another thread. */
  taken(): TakenRollUp {
    return { cells: this.table.taken(), sampled: this.sampled.taken(), variants: this.variants };
  }

  /** Adds the sums of another kernel of the same reading, of customers that are in no slice of this one. */
  addTaken({ cells, sampled, variants }: TakenRollUp): void {
    const numbers = variants.map(({ causes, hits, reason }) => this.numberOf(causes, hits, reason));
    const own = (variant: number): number => numbers[variant]!;
    this.table.addTaken(cells, own);
    this.sampled.addTaken(sampled, own);
  }

  /** The roll-up of all slices, in no stated order. */
  sums(): CellSum[] {
    return this.sumsOf(this.table);
  }

  /** The same of the sample alone. */
  sampleSums(): CellSum[] {
    return this.sumsOf(this.sampled);
  }

  private sumsOf(table: CellTable): CellSum[] {
    return Array.from({ length: table.count }, (_, place): CellSum => {
      const { cell, traits, variant, parts, seconds, untimedParts } = table.at(place);
      const { causes, hits, reason } = this.variants[variant]!;
      const day = (traits >> TRAIT.day) & 63;
      return {
        cell_no: cell,
        reason_code: reason,
        slice: traits & 127,
        repeat: ((traits >> TRAIT.repeat) & 1) === 1,
        hits,
        causes,
        known: ((traits >> TRAIT.known) & 1) === 1,
        tagged_on: day === 0 ? null : this.dayText(day - 1),
        parts,
        seconds,
        untimed_parts: untimedParts,
      };
    });
  }

  private add(row: number, repeatOfCustomer: boolean, causes: number): void {
    const { contacts } = this;
    const cell = contacts.cell(row);
    const day = contacts.day(row);
    const hits = contacts.hits(row);
    const caseNumber = contacts.case(row);
    const repeat = repeatOfCustomer || (caseNumber >= 0 && this.cases.within(caseNumber, contacts.time(row)));
    const traits =
      this.sliceOfDay[day]! |
      ((this.traits.flags[cell]! & 2) !== 0 ? (day + 1) << TRAIT.day : 0) |
      (repeat ? 1 << TRAIT.repeat : 0) |
      (contacts.customer(row) >= 0 ? 1 << TRAIT.known : 0);
    const segments = contacts.segments(row);
    if (segments < 0) {
      const variant = hits !== 0 ? this.variantOf(causes, hits, null) : causes < 0 ? 0 : this.causesOnly(causes);
      this.sum(row, cell, traits, variant, PARTS, contacts.seconds(row));
      return;
    }
    for (const { reason, parts, seconds } of segmentParts(contacts.segmentTexts[segments]!))
      this.sum(row, cell, traits, this.variantOf(causes, hits, reason), parts, seconds);
  }

  private sum(row: number, cell: number, traits: number, variant: number, parts: number, seconds: number): void {
    this.table.add(cell, traits, variant, parts, seconds);
    const { sample } = this;
    const customer = this.contacts.customer(row);
    if (sample === undefined || customer < 0) return;
    const high = this.customers.high(customer);
    if (high >= sample.from && high <= sample.to) this.sampled.add(cell, traits, variant, parts, seconds);
  }

  private causesOnly(causes: number): number {
    return (this.variantOfCauses[causes] ??= this.variantOf(causes, 0, null));
  }

  private variantOf(causes: number, hits: number, reason: string | null): number {
    return this.numberOf(causes < 0 ? null : this.hits.causes[causes]!, hits, reason);
  }

  private numberOf(causes: string | null, hits: number, reason: string | null): number {
    if (causes === null && hits === 0 && reason === null) return 0;
    const key = `${hits}\u0000${causes ?? ''}\u0000${reason ?? ''}`;
    let number = this.variantNumbers.get(key);
    if (number === undefined) {
      number = this.variants.push({ causes, hits, reason }) - 1;
      this.variantNumbers.set(key, number);
    }
    return number;
  }

  private dayText(day: number): string {
    let text = this.dayTexts.get(day);
    if (text === undefined) {
      text = addDays(firstDay(this.reading.period), day);
      this.dayTexts.set(day, text);
    }
    return text;
  }
}
