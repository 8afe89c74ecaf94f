import { KeyNumbers } from '../../domain/key-numbers.ts';
import { addDays, firstDay, type LocalDate } from '../../domain/period.ts';
import type { CellSum, ContactReading } from '../close-inputs.queries.ts';
import { wholeNumber } from '../whole-number.ts';
import { IdPlaces, type Aside, type Asides } from './asides.ts';
import { CaseContacts, type TakenContacts } from './case-contacts.ts';
import { CaseTimes, type TakenCases } from './case-times.ts';
import { CellTable, type TakenCells } from './cell-table.ts';
import { ContactRows } from './contact-rows.ts';
import { CustomerHits } from './customer-hits.ts';
import { groupedBy } from './grouped.ts';
import { LatestByReason } from './latest-by-reason.ts';
import { segmentParts } from './segment-parts.ts';
import { sortShort } from './sort-short.ts';

const PARTS = 720_720;
/** Words of a packed contact behind its key (123-contacts-rolled-up-from-packs.sql); the hash of its case stands behind the id. */
const W = { timeHigh: 2, timeLow: 3, cell: 5, import: 6, seconds: 7, idLength: 8, id: 9 } as const;
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
  /** what no pack tells of contacts, of the days before, too */
  readonly asides: Asides;
}

/** What one kernel came to, for another. */
export interface TakenRollUp {
  readonly cells: TakenCells;
  readonly sampled: TakenCells;
  readonly variants: readonly Variant[];
  readonly cases: TakenCases;
  readonly caseContacts: TakenContacts;
}

/**
 * The roll-up of a close in one pass over typed arrays: repeats and causes are found customer by customer, sums are
 * integers. Customers come in slices, one after the other; their sums add up. Contacts of cases, which are of customers of
 * any slice, are held until all are there.
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
  /** variant of a list of causes that comes with nothing else, by the list's number */
  private readonly variantOfCauses: number[] = [];
  private readonly dayTexts = new Map<number, LocalDate>();
  private readonly contacts = new ContactRows();
  private readonly customers = new KeyNumbers();
  private readonly cases = new CaseTimes();
  private readonly caseContacts = new CaseContacts();
  private readonly hits: CustomerHits;
  private readonly latest: LatestByReason;
  /** number of the list of causes of each contact of this slice; -1: none */
  private causes = new Int32Array(0);
  private readonly places: IdPlaces;
  private readonly asides: readonly Aside[];
  /** bits of the patterns that the standing version's text hits, by place */
  private readonly textHits: Int32Array;

  constructor({ reading, traits, sample, asides }: KernelStart) {
    this.reading = reading;
    this.traits = traits;
    this.sample = sample;
    this.places = new IdPlaces([...asides.keys()]);
    this.asides = [...asides.values()];
    this.textHits = new Int32Array(this.asides.length);
    this.hits = new CustomerHits(reading.exposureRules, (day) => this.dayText(day));
    this.latest = new LatestByReason(traits.reasonCount);
    const days = Array.from({ length: 31 }, (_, day) => this.dayText(day));
    this.sliceOfDay = Int32Array.from(days, (day) => reading.cuts.filter((cut) => cut <= day).length);
  }

  /** Begins a slice of customers. @param expected about so many contacts */
  begin(expected: number): void {
    this.contacts.clear(expected);
    this.customers.clear(expected / 2);
    this.hits.clear();
  }

  /**
   * Takes a packed contact, unless another version of it stands, or it is of the days before and makes none a repeat.
   * @param words hold it from `at` on @param day since the first of the month, negative before @param isNamed whether it
   *   names its customer
   */
  takeContact(words: Int32Array, at: number, day: number, isNamed: boolean): void {
    const importId = words[at + W.import]!;
    if (importId < 0) return;
    const length = words[at + W.idLength]!;
    const aside = this.places.find(words, at + W.id, length >> 1);
    if (aside >= 0 && (this.asides[aside]!.standing ?? importId) !== importId) return;
    const cell = words[at + W.cell]!;
    const hasCase = (length & 1) === 1;
    const isEscalated = (this.traits.flags[cell]! & 1) !== 0;
    if (day < 0 && (isEscalated || (!isNamed && !hasCase))) return;
    const { contacts, cases } = this;
    const time = wholeNumber(words[at + W.timeHigh]!, words[at + W.timeLow]!);
    let caseNumber = -1;
    if (hasCase) {
      const name = at + W.id + ((length + 6) >> 3);
      caseNumber = cases.numberOf(words[name]!, words[name + 1]!);
      if (!isEscalated) cases.tell(caseNumber, time);
    }
    if (day < 0 && !isNamed) return;
    const row = contacts.next();
    contacts.customer[row] = isNamed ? this.customers.numberOf(words[at]!, words[at + 1]!) : -1;
    contacts.time[row] = time;
    contacts.day[row] = day;
    contacts.cell[row] = cell;
    contacts.seconds[row] = words[at + W.seconds]!;
    contacts.case[row] = caseNumber;
    contacts.aside[row] = aside;
    if (aside >= 0) this.textHits[aside] = this.asides[aside]!.hits?.get(importId) ?? 0;
  }

  /** After the contacts of the slice. @param words hold a packed hit from `at` on @param day since the first of the month */
  takeHit(words: Int32Array, at: number, day: number): void {
    this.hits.take(words, at, day, this.customers);
  }

  /** Puts the contacts of the slice down to hits, once all of both are there. */
  findCauses(): void {
    const { hits } = this;
    const { count, customer, day, time } = this.contacts;
    hits.arrange(this.customers.count);
    if (this.causes.length < count) this.causes = new Int32Array(count);
    const { causes } = this;
    for (let row = 0; row < count; row++)
      causes[row] = customer[row]! >= 0 && day[row]! >= 0 ? hits.causesOf(customer[row]!, time[row]!) : -1;
  }

  /** Adds the contacts of the slice, whose causes were found, to the sums. */
  end(): void {
    const { causes, customers, latest } = this;
    const { reasons, flags } = this.traits;
    const { count, customer: of, time, cell, day } = this.contacts;
    const { starts, order } = groupedBy(of.subarray(0, count), customers.count);
    const byTime = (a: number, b: number): number => time[a]! - time[b]!;
    for (let customer = 0; customer < customers.count; customer++) {
      const from = starts[customer]!;
      const to = starts[customer + 1]!;
      if (to - from === 1) {
        const row = order[from]!;
        if (day[row]! >= 0) this.add(row, false, causes[row]!);
        continue;
      }
      sortShort(order, from, to, byTime);
      latest.begin();
      for (let place = from; place < to; place++) {
        const row = order[place]!;
        const reason = reasons[cell[row]!]!;
        if (day[row]! >= 0) this.add(row, latest.within(reason, time[row]!), causes[row]!);
        if ((flags[cell[row]!]! & 1) === 0) latest.tell(reason, time[row]!);
      }
    }
    for (let row = 0; row < count; row++) if (of[row]! < 0) this.add(row, false, -1);
  }

  /** What the slices so far came to, for the kernel of another thread. */
  taken(): TakenRollUp {
    const { variants, cases, caseContacts } = this;
    const held = { cases: cases.taken(), caseContacts: caseContacts.taken() };
    return { cells: this.table.taken(), sampled: this.sampled.taken(), variants, ...held };
  }

  /** Adds what another kernel of the same reading came to, of customers that are in no slice of this one. */
  addTaken({ cells, sampled, variants, cases, caseContacts }: TakenRollUp): void {
    const numbers = variants.map(({ causes, hits, reason }) => this.numberOf(causes, hits, reason));
    const own = (variant: number): number => numbers[variant]!;
    this.table.addTaken(cells, own);
    this.sampled.addTaken(sampled, own);
    const caseNumbers = this.cases.addTaken(cases);
    const theirs = CaseContacts.of(caseContacts);
    for (let row = 0; row < theirs.count; row++) {
      const contact = theirs.at(row);
      this.caseContacts.take({ ...contact, variant: own(contact.variant), case: caseNumbers[contact.case]! });
    }
  }

  /** Once all slices are there, those of other threads, too: adds the contacts of cases to the sums. */
  endCases(): void {
    const { cases, caseContacts } = this;
    cases.arrange();
    for (let row = 0; row < caseContacts.count; row++) {
      const { cell, traits, variant, parts, seconds, case: of, time, isSampled } = caseContacts.at(row);
      const own = cases.within(of, time) ? traits | (1 << TRAIT.repeat) : traits;
      this.table.add(cell, own, variant, parts, seconds);
      if (isSampled) this.sampled.add(cell, own, variant, parts, seconds);
    }
    caseContacts.clear();
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

  private add(row: number, isRepeat: boolean, causes: number): void {
    const { contacts } = this;
    const cell = contacts.cell[row]!;
    const day = contacts.day[row]!;
    const traits =
      this.sliceOfDay[day]! |
      ((this.traits.flags[cell]! & 2) !== 0 ? (day + 1) << TRAIT.day : 0) |
      (isRepeat ? 1 << TRAIT.repeat : 0) |
      (contacts.customer[row]! >= 0 ? 1 << TRAIT.known : 0);
    const aside = contacts.aside[row]!;
    const hits = aside < 0 ? 0 : this.textHits[aside]!;
    const segments = aside < 0 ? undefined : this.asides[aside]!.segments;
    if (segments === undefined) {
      const variant = hits !== 0 ? this.variantOf(causes, hits, null) : causes < 0 ? 0 : this.causesOnly(causes);
      this.sum(row, cell, traits, variant, PARTS, contacts.seconds[row]!);
      return;
    }
    for (const { reason, parts, seconds } of segmentParts(segments))
      this.sum(row, cell, traits, this.variantOf(causes, hits, reason), parts, seconds);
  }

  private sum(row: number, cell: number, traits: number, variant: number, parts: number, seconds: number): void {
    const { contacts } = this;
    const isSampled = this.isSampled(contacts.customer[row]!);
    if (contacts.case[row]! >= 0 && (traits & (1 << TRAIT.repeat)) === 0) {
      const own = contacts.case[row]!;
      const time = contacts.time[row]!;
      this.caseContacts.take({ cell, traits, variant, parts, seconds, case: own, time, isSampled });
      return;
    }
    this.table.add(cell, traits, variant, parts, seconds);
    if (isSampled) this.sampled.add(cell, traits, variant, parts, seconds);
  }

  private isSampled(customer: number): boolean {
    const { sample } = this;
    if (sample === undefined || customer < 0) return false;
    const high = this.customers.high(customer);
    return high >= sample.from && high <= sample.to;
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
