import { enlarged } from '../../domain/enlarged.ts';
import { firstWhere } from '../../domain/first-where.ts';
import { KeyNumbers, type TakenKeys } from '../../domain/key-numbers.ts';
import { wholeNumberAt } from '../whole-number.ts';
import { grouped, type Grouping } from './grouped.ts';

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
  private groups: Grouping = { starts: new Int32Array(1), order: new Int32Array(0) };

  /** Takes a row of case-stream.sql. */
  take(bytes: Buffer, at: number): void {
    if (this.count === this.cases.length) this.grow();
    this.cases[this.count] = this.keys.numberOf(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8));
    this.times[this.count++] = wholeNumberAt(bytes, at + 16);
  }

  /** Once all are there: each case's instants in order. */
  arrange(): void {
    const { cases, times, keys } = this;
    this.groups = grouped(this.count, keys.count, (row) => cases[row]!);
    const { starts, order } = this.groups;
    for (let number = 0; number < keys.count; number++) {
      if (starts[number + 1]! - starts[number]! > 1)
        order.subarray(starts[number], starts[number + 1]).sort((a, b) => times[a]! - times[b]!);
    }
  }

  static of({ keys, times, groups }: TakenCases): CaseTimes {
    const cases = new CaseTimes();
    cases.keys = KeyNumbers.of(keys);
    cases.times = times;
    cases.groups = groups;
    return cases;
  }

  taken(): TakenCases {
    return { keys: this.keys.taken(), times: this.times, groups: this.groups };
  }

  /** Number of a case by the hash of its name; -1: none of its contacts is here. */
  find(high: number, low: number): number {
    return this.keys.find(high, low);
  }

  /** True when a contact of the case came before, at most seven days; at the same instant is not before. */
  within(number: number, time: number): boolean {
    const { starts, order } = this.groups;
    const first = starts[number]!;
    const behind = firstWhere(first, starts[number + 1]!, (place) => this.times[order[place]!]! >= time);
    return behind > first && time - this.times[order[behind - 1]!]! <= WEEK;
  }

  private grow(): void {
    this.cases = enlarged(this.cases);
    this.times = enlarged(this.times);
  }
}
