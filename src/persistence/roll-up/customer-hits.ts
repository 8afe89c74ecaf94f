import { enlarged } from '../../domain/enlarged.ts';
import type { KeyNumbers } from '../../domain/key-numbers.ts';
import type { ExposureRule } from '../close-inputs.queries.ts';
import { DecisionCodes, HIT_WORDS, ranksOf } from '../retention/packed-hits.ts';
import { wholeNumber } from '../whole-number.ts';
import { groupedBy, type Grouping } from './grouped.ts';
import { sortShort } from './sort-short.ts';

const DAY = 86_400_000_000; // microseconds
/** Numbers of a cause, one behind the other. */
const CAUSE = 4;

/** Hits of customers by decisions, and which of them a contact is put down to. */
export class CustomerHits {
  private customers = new Int32Array(1024);
  private times = new Float64Array(1024);
  private days = new Int32Array(1024);
  private decisions = new Int32Array(1024);
  /** -1: the hit was taken back or corrected, which takes another off */
  private signs = new Int32Array(1024);
  private count = 0;
  private anyTakenBack = false;
  private readonly codes: DecisionCodes;
  /** codes by their numbers */
  private readonly names: string[] = [];
  private groups: Grouping = { starts: new Int32Array(1), order: new Int32Array(0) };
  /** by rule: 1 for each decision that it takes */
  private takers: readonly Uint8Array[] = [];
  /** numbers of lists of causes: of one cause by its numbers in one, of several by their text */
  private readonly single = new Map<number, number>();
  private readonly several = new Map<string, number>();
  /** JSON of lists of causes, by number: [[rule, decision, day of the hit, age in days], …] */
  readonly causes: string[] = [];
  private readonly longest: number;
  private seen = new Int32Array(0);
  private looks = 0;
  private readonly found: number[] = [];

  /** @param dayText local day by days since the first of the month */
  constructor(
    private readonly rules: readonly ExposureRule[],
    private readonly dayText: (day: number) => string,
  ) {
    const isWanted = (code: string) => rules.some(({ decisions }) => decisions === null || decisions.includes(code));
    this.codes = new DecisionCodes((code) => (isWanted(code) ? this.names.push(code) - 1 : -1));
    this.longest = Math.max(0, ...rules.map(({ days }) => days));
  }

  /** Forgets the hits, but not the lists of causes that were found. */
  clear(): void {
    this.count = 0;
    this.anyTakenBack = false;
  }

  /**
   * Takes a packed hit, when a rule may take its decision and its customer is one of those who were in contact.
   * @param at where its words begin @param day since the first of the month, negative before @param customers who they are
   */
  take(words: Int32Array, at: number, day: number, customers: KeyNumbers): void {
    const code = this.codes.numberOf(words, at);
    if (code < 0) return;
    const customer = customers.find(words[at]!, words[at + 1]!);
    if (customer < 0) return;
    if (this.count === this.times.length) this.grow();
    const row = this.count++;
    this.customers[row] = customer;
    this.times[row] = wholeNumber(words[at + HIT_WORDS.timeHigh]!, words[at + HIT_WORDS.timeLow]!);
    this.days[row] = day;
    this.decisions[row] = code;
    this.signs[row] = words[at + HIT_WORDS.sign]!;
    if (words[at + HIT_WORDS.sign]! < 0) this.anyTakenBack = true;
  }

  /** Once all are there: each customer's hits in order, the latest first, ties by decision code in bytes. */
  arrange(customers: number): void {
    const { customers: of, times, decisions, rules, names } = this;
    const rank = ranksOf(names);
    this.groups = groupedBy(of.subarray(0, this.count), customers);
    const { starts, order } = this.groups;
    const later = (a: number, b: number): number =>
      times[b]! - times[a]! || rank[decisions[a]!]! - rank[decisions[b]!]!;
    for (let customer = 0; customer < customers; customer++) {
      if (starts[customer + 1]! - starts[customer]! > 1)
        sortShort(order, starts[customer]!, starts[customer + 1]!, later);
    }
    if (this.anyTakenBack) this.keepStanding();
    this.takers = rules.map((rule) =>
      Uint8Array.from(names, (name) => (rule.decisions === null || rule.decisions.includes(name) ? 1 : 0)),
    );
    this.seen = new Int32Array(names.length);
  }

  /** Of hits that are alike one stays, where more stand than were taken back: a decision counts once. */
  private keepStanding(): void {
    const { times, decisions, signs, groups } = this;
    const { starts, order } = groups;
    let kept = 0;
    for (let customer = 0, place = 0; customer + 1 < starts.length; customer++) {
      const end = starts[customer + 1]!;
      while (place < end) {
        const hit = order[place]!;
        let net = 0;
        for (; place < end; place++) {
          const like = order[place]!;
          if (times[like] !== times[hit] || decisions[like] !== decisions[hit]) break;
          net += signs[like]!;
        }
        if (net > 0) order[kept++] = hit;
      }
      starts[customer + 1] = kept;
    }
  }

  /**
   * Number of the list of causes of a contact: for each rule the decisions that hit its customer at most D days before
   * it, each by its latest hit, nearest first. -1: none.
   */
  causesOf(customer: number, time: number): number {
    const { starts, order } = this.groups;
    const end = starts[customer + 1]!;
    const first = starts[customer]!;
    if (first === end) return -1;
    const { rules, takers, found } = this;
    let count = 0;
    for (let number = 0; number < rules.length; number++) {
      const rule = rules[number]!;
      const takes = takers[number]!;
      const from = time - rule.days * DAY;
      const look = ++this.looks;
      for (let place = first; place < end; place++) {
        const hit = order[place]!;
        const at = this.times[hit]!;
        if (at >= time) continue;
        if (at < from) break;
        const code = this.decisions[hit]!;
        if (this.seen[code] === look || takes[code] === 0) continue;
        this.seen[code] = look;
        found[count++] = number;
        found[count++] = code;
        found[count++] = this.days[hit]!;
        found[count++] = rule.ages ? Math.floor((time - at) / DAY) : 0;
      }
    }
    return count === 0 ? -1 : count === CAUSE ? this.numberOfOne(found) : this.numberOfSeveral(found.slice(0, count));
  }

  private numberOfOne(found: readonly number[]): number {
    const days = this.longest + 33; // a hit is at most so many days and one before the month, or in it
    const key = ((found[1]! * this.rules.length + found[0]!) * days + found[2]! + this.longest + 1) * days + found[3]!;
    let number = this.single.get(key);
    if (number === undefined) {
      number = this.put(found.slice(0, CAUSE));
      this.single.set(key, number);
    }
    return number;
  }

  private numberOfSeveral(found: readonly number[]): number {
    const key = found.join(' ');
    let number = this.several.get(key);
    if (number === undefined) {
      number = this.put(found);
      this.several.set(key, number);
    }
    return number;
  }

  private put(found: readonly number[]): number {
    const causes = Array.from({ length: found.length / CAUSE }, (_, i) => {
      const [rule, code, day, age] = found.slice(i * CAUSE, (i + 1) * CAUSE) as [number, number, number, number];
      return [this.rules[rule]!.rule, this.names[code]!, this.dayText(day), age];
    });
    return this.causes.push(JSON.stringify(causes)) - 1;
  }

  private grow(): void {
    this.customers = enlarged(this.customers);
    this.times = enlarged(this.times);
    this.days = enlarged(this.days);
    this.decisions = enlarged(this.decisions);
    this.signs = enlarged(this.signs);
  }
}
