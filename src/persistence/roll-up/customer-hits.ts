import { enlarged } from '../../domain/enlarged.ts';
import type { KeyNumbers } from '../../domain/key-numbers.ts';
import type { ExposureRule } from '../close-inputs.queries.ts';
import { wholeNumberAt } from '../whole-number.ts';
import { grouped, type Grouping } from './grouped.ts';

const DAY = 86_400_000_000; // microseconds

/** Hits of customers by decisions, and which of them a contact is put down to. */
export class CustomerHits {
  private customers = new Int32Array(1024);
  private times = new Float64Array(1024);
  private days = new Int32Array(1024);
  private codes = new Int32Array(1024);
  private count = 0;
  private readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();
  private groups: Grouping = { starts: new Int32Array(1), order: new Int32Array(0) };
  private readonly texts = new Map<string, number>();
  /** JSON of lists of causes, by number: [[rule, decision, day of the hit, age in days], …] */
  readonly causes: string[] = [];
  private seen = new Int32Array(0);
  private looks = 0;

  /** @param dayText local day by days since the first of the month */
  constructor(
    private readonly rules: readonly ExposureRule[],
    private readonly dayText: (day: number) => string,
  ) {}

  /** Takes a row of exposure-stream.sql. @param customers numbers them */
  take(bytes: Buffer, at: number, customers: KeyNumbers): void {
    if (this.count === this.times.length) this.grow();
    this.customers[this.count] = customers.numberOf(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8));
    this.times[this.count] = wholeNumberAt(bytes, at + 16);
    this.days[this.count] = bytes.readInt32BE(at + 28);
    const length = bytes.readInt32BE(at + 32);
    const code = bytes.toString('utf8', at + 36, at + 36 + length);
    let number = this.numbers.get(code);
    if (number === undefined) {
      number = this.names.push(code) - 1;
      this.numbers.set(code, number);
    }
    this.codes[this.count++] = number;
  }

  /** Once all are there: each customer's hits in order, the latest first, ties by decision code in bytes. */
  arrange(customers: number): void {
    const { customers: of, times, codes } = this;
    const rank = new Int32Array(this.names.length);
    [...this.names.keys()]
      .sort((a, b) => Buffer.compare(Buffer.from(this.names[a]!), Buffer.from(this.names[b]!)))
      .forEach((number, place) => (rank[number] = place));
    this.groups = grouped(this.count, customers, (row) => of[row]!);
    const { starts, order } = this.groups;
    const later = (a: number, b: number): number => times[b]! - times[a]! || rank[codes[a]!]! - rank[codes[b]!]!;
    for (let customer = 0; customer < customers; customer++) {
      if (starts[customer + 1]! - starts[customer]! > 1)
        order.subarray(starts[customer], starts[customer + 1]).sort(later);
    }
    this.seen = new Int32Array(this.names.length);
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
    let key = '';
    this.rules.forEach((rule, ruleNumber) => {
      const from = time - rule.days * DAY;
      const look = ++this.looks;
      for (let place = first; place < end; place++) {
        const hit = order[place]!;
        const at = this.times[hit]!;
        if (at >= time) continue;
        if (at < from) break;
        const code = this.codes[hit]!;
        if (this.seen[code] === look || !this.takes(rule, code)) continue;
        this.seen[code] = look;
        key += `${ruleNumber} ${code} ${this.days[hit]} ${rule.ages ? Math.floor((time - at) / DAY) : 0};`;
      }
    });
    return key === '' ? -1 : this.numberOf(key);
  }

  private takes(rule: ExposureRule, code: number): boolean {
    return rule.decisions === null || rule.decisions.includes(this.names[code]!);
  }

  private numberOf(key: string): number {
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    const causes = key
      .slice(0, -1)
      .split(';')
      .map((cause) => {
        const [rule, code, day, age] = cause.split(' ').map(Number) as [number, number, number, number];
        return [this.rules[rule]!.rule, this.names[code]!, this.dayText(day), age];
      });
    const number = this.causes.push(JSON.stringify(causes)) - 1;
    this.texts.set(key, number);
    return number;
  }

  private grow(): void {
    this.customers = enlarged(this.customers);
    this.times = enlarged(this.times);
    this.days = enlarged(this.days);
    this.codes = enlarged(this.codes);
  }
}
