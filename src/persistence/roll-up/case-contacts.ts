import { enlarged } from '../../domain/enlarged.ts';

const WORDS = 6;
const W = { cell: 0, traits: 1, variant: 2, parts: 3, case: 4, isSampled: 5 } as const;

/** Contacts, or parts of them, as one thread hands them to another. */
export interface TakenContacts {
  readonly words: Int32Array;
  readonly seconds: Float64Array;
  readonly times: Float64Array;
}

/** A contact with a case, or a part of one. */
export interface CaseContact {
  readonly cell: number;
  readonly traits: number;
  readonly variant: number;
  readonly parts: number;
  readonly case: number;
  readonly isSampled: boolean;
  /** -1: without a handle time */
  readonly seconds: number;
  /** microseconds since 2000-01-01 UTC */
  readonly time: number;
}

/** Contacts of cases, held until the cases are known in full: they are of customers of any slice. */
export class CaseContacts {
  private words: Int32Array = new Int32Array(1024 * WORDS);
  private seconds: Float64Array = new Float64Array(1024);
  private times: Float64Array = new Float64Array(1024);
  count = 0;

  take(contact: CaseContact): void {
    if (this.count === this.times.length) this.grow();
    const to = this.count * WORDS;
    this.words[to + W.cell] = contact.cell;
    this.words[to + W.traits] = contact.traits;
    this.words[to + W.variant] = contact.variant;
    this.words[to + W.parts] = contact.parts;
    this.words[to + W.case] = contact.case;
    this.words[to + W.isSampled] = contact.isSampled ? 1 : 0;
    this.seconds[this.count] = contact.seconds;
    this.times[this.count++] = contact.time;
  }

  at(row: number): CaseContact {
    const from = row * WORDS;
    const { words } = this;
    return {
      cell: words[from + W.cell]!,
      traits: words[from + W.traits]!,
      variant: words[from + W.variant]!,
      parts: words[from + W.parts]!,
      case: words[from + W.case]!,
      isSampled: words[from + W.isSampled] === 1,
      seconds: this.seconds[row]!,
      time: this.times[row]!,
    };
  }

  taken(): TakenContacts {
    const { words, seconds, times, count } = this;
    return { words: words.slice(0, count * WORDS), seconds: seconds.slice(0, count), times: times.slice(0, count) };
  }

  static of({ words, seconds, times }: TakenContacts): CaseContacts {
    const contacts = new CaseContacts();
    contacts.words = words;
    contacts.seconds = seconds;
    contacts.times = times;
    contacts.count = times.length;
    return contacts;
  }

  clear(): void {
    this.count = 0;
  }

  private grow(): void {
    this.words = enlarged(this.words);
    this.seconds = enlarged(this.seconds);
    this.times = enlarged(this.times);
  }
}
