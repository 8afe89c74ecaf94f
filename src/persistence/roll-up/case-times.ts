import { enlarged } from '../../domain/enlarged.ts';
import { firstWhere } from '../../domain/first-where.ts';
import { KeyNumbers, type TakenKeys } from '../../domain/key-numbers.ts';
import { wholeNumberAt } from '../whole-number.ts';
import { grouped, type Grouping } from './grouped.ts';
import { sortShort } from './sort-short.ts';

const WEEK = 7 * 86_400_000_000; // microseconds

/** Arranged instants as one thread hands them to another. */
export interface TakenCases {
  readonly keys: TakenKeys;
  readonly times: Float64Array;
  readonly groups: Grouping;
}

/** Instants of contacts by case, those that were not escalated: what makes a later contact of the case a repeat. */
export class CaseTimes {
  private keys = new KeyNumbers();
  private cases = new Int32Array(1024);
  private times: Float64Array = new Float64Array(1024);
  private count = 0;
  private groups: Grouping | undefined;

  /** Takes a row of case-stream.sql. */
  take(bytes: Buffer, at: number): void {
    this.tell(this.keys.numberOf(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8)), wholeNumberAt(bytes, at + 16));
  }

  /** Takes an instant of a case that has a number. */
  tell(number: number, time: number): void {
    if (this.count === this.cases.length) this.grow();
    this.cases[this.count] = number;
    this.times[this.count++] = time;
  }

  /** Whether all are there. */
  get isArranged(): boolean {
    return this.groups !== undefined;
  }

  /** Once all are there: each case's instants in order. */
  arrange(): void {
    const { cases, times, keys } = this;
    const byTime = (a: number, b: number): number => times[a]! - times[b]!;
    const { starts, order } = grouped(this.count, keys.count, (row) => cases[row]!);
    for (let number = 0; number < keys.count; number++) {
      const [from, to] = [starts[number]!, starts[number + 1]!];
      if (to - from > 1) sortShort(order, from, to, byTime);
    }
    this.groups = { starts, order };
  }

  static of({ keys, times, groups }: TakenCases): CaseTimes {
    const cases = new CaseTimes();
    cases.keys = KeyNumbers.of(keys);
    cases.times = times;
    cases.groups = groups;
    return cases;
  }

  taken(): TakenCases {
    return { keys: this.keys.taken(), times: this.times, groups: this.groups! };
  }

  /** Number of a case by the hash of its name; -1: all instants are there, and none is of it. */
  numberOf(high: number, low: number): number {
    return this.isArranged ? this.keys.find(high, low) : this.keys.numberOf(high, low);
  }

  /** True when a contact of the case came before, at most seven days; at the same instant is not before. */
  within(number: number, time: number): boolean {
    const { starts, order } = this.groups!;
    const first = starts[number]!;
    const behind = firstWhere(first, starts[number + 1]!, (place) => this.times[order[place]!]! >= time);
    return behind > first && time - this.times[order[behind - 1]!]! <= WEEK;
  }

  private grow(): void {
    this.cases = enlarged(this.cases);
    this.times = enlarged(this.times);
  }
}
