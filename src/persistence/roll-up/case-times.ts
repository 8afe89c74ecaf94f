import { enlarged } from '../../domain/enlarged.ts';
import { firstWhere } from '../../domain/first-where.ts';
import { KeyNumbers, type TakenKeys } from '../../domain/key-numbers.ts';
import { groupedBy, type Grouping } from './grouped.ts';
import { sortShort } from './sort-short.ts';

const WEEK = 7 * 86_400_000_000; // microseconds

/** Cases and their instants as one thread hands them to another. */
export interface TakenCases {
  readonly keys: TakenKeys;
  readonly cases: Int32Array;
  readonly times: Float64Array;
}

/** Instants of contacts by case, those that were not escalated: what makes a later contact of the case a repeat. */
export class CaseTimes {
  private readonly keys = new KeyNumbers();
  private cases = new Int32Array(1024);
  private times = new Float64Array(1024);
  private count = 0;
  private groups: Grouping = { starts: new Int32Array(1), order: new Int32Array(0) };

  /** Number of a case by the hash of its name. */
  numberOf(high: number, low: number): number {
    return this.keys.numberOf(high, low);
  }

  /** Takes an instant of a case. */
  tell(number: number, time: number): void {
    if (this.count === this.cases.length) {
      this.cases = enlarged(this.cases);
      this.times = enlarged(this.times);
    }
    this.cases[this.count] = number;
    this.times[this.count++] = time;
  }

  taken(): TakenCases {
    const { keys, cases, times, count } = this;
    return { keys: keys.taken(), cases: cases.slice(0, count), times: times.slice(0, count) };
  }

  /** Takes what another thread has told. @returns own numbers of its cases */
  addTaken({ keys, cases, times }: TakenCases): Int32Array {
    const numbers = new Int32Array(keys.count);
    for (let own = 0; own < numbers.length; own++) numbers[own] = this.numberOf(keys.highs[own]!, keys.lows[own]!);
    for (let row = 0; row < cases.length; row++) this.tell(numbers[cases[row]!]!, times[row]!);
    return numbers;
  }

  /** Once all are there: each case's instants in order. */
  arrange(): void {
    const { times, keys } = this;
    const byTime = (a: number, b: number): number => times[a]! - times[b]!;
    this.groups = groupedBy(this.cases.subarray(0, this.count), keys.count);
    const { starts, order } = this.groups;
    for (let number = 0; number < keys.count; number++) {
      const from = starts[number]!;
      const to = starts[number + 1]!;
      if (to - from > 1) sortShort(order, from, to, byTime);
    }
  }

  /** True when a contact of the case came before, at most seven days; at the same instant is not before. */
  within(number: number, time: number): boolean {
    const { starts, order } = this.groups;
    const first = starts[number]!;
    const behind = firstWhere(first, starts[number + 1]!, (place) => this.times[order[place]!]! >= time);
    return behind > first && time - this.times[order[behind - 1]!]! <= WEEK;
  }
}
