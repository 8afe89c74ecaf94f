import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { CustomerTable } from '../../../src/domain/retention/cohort.ts';
import type { Earnings } from '../../../src/domain/retention/outcome.ts';

/**
 * A small company with planted truth, to judge the retention effects by. Customers who are in trouble buy less and call
 * more; who is resolved, and who is hit by the fee, depends on segment, tenure and prior value; everybody buys more from
 * year to year. So plain before–after figures are wrong in both directions, and comparing callers with others is, too.
 */
export interface World {
  readonly customers: CustomerTable;
  readonly earnings: Earnings;
  /** one contact (or none) a customer in the month that starts on day 0; sorted by customer */
  readonly contacts: { customer: number[]; day: number[]; resolved: number[]; reason: number[] };
  readonly hits: { customer: number[]; day: number[] };
  readonly notHit: number[];
  /** planted change of margin a day by being resolved, and by being hit, of every customer (0 for the others) */
  readonly resolvedPerDay: Float64Array;
  readonly hitPerDay: Float64Array;
}

const PAST = 560;
const AHEAD = 570;
const MEAN_MARGIN = 2000;

export function world(seed: number, size: number): World {
  const random = xoroshiro128plus(seed);
  const uniform = (): number => ((random.next() >>> 0) + 0.5) / 4294967296;
  const exponential = (): number => -Math.log(uniform());
  const chance = (logit: number): boolean => uniform() < 1 / (1 + Math.exp(-logit));
  const margin = (): number => Math.round(MEAN_MARGIN * (0.5 + uniform()));
  const joinedOn: number[] = [];
  const segment: number[] = [];
  const events: { customer: number[]; day: number[]; margin: number[] } = { customer: [], day: [], margin: [] };
  const contacts: World['contacts'] = { customer: [], day: [], resolved: [], reason: [] };
  const hits: World['hits'] = { customer: [], day: [] };
  const notHit: number[] = [];
  const resolvedPerDay = new Float64Array(size);
  const hitPerDay = new Float64Array(size);
  for (let c = 0; c < size; c++) {
    const kind = Math.floor(uniform() * 3);
    const tenure = Math.floor(40 + uniform() * 1800);
    segment.push(kind);
    joinedOn.push(-tenure);
    const rate = ([0.8, 1.1, 1.5][kind]! * (exponential() + exponential() + exponential())) / 3 / 30;
    const bought = (day: number): void => {
      events.customer.push(c);
      events.day.push(Math.floor(day));
      events.margin.push(margin());
    };
    // The past first: what is on record of a customer decides who calls, who is resolved and who is hit.
    const before = events.margin.length;
    for (let day = -PAST + exponential() / rate; day < -182; day += exponential() / rate) {
      if (day < -tenure) continue;
      bought(day);
    }
    const value = events.margin.slice(before).reduce((sum, own) => sum + own, 0) / MEAN_MARGIN;
    const traits = 0.5 * (kind === 1 ? 1 : 0) - 0.5 * (kind === 2 ? 1 : 0) + 0.25 * (Math.log1p(tenure) - 6.5);
    const prior = 0.25 * (Math.sqrt(value) - 2.5);
    const troubled = chance(-0.3 + 0.4 * kind);
    const opened = Math.floor(uniform() * 28);
    const reason = Math.floor(uniform() * 2);
    const resolved = chance(0.3 + traits + prior + 0.4 * reason);
    const hit = !troubled && chance(-0.2 - traits + prior);
    // Growth lifts everybody; trouble halves the buying from shortly before the contact on.
    const steps = [
      { from: -182, rate },
      { from: troubled ? opened - 3 : -3, rate: rate * (troubled ? 0.45 : 1.6) },
    ];
    if (troubled) {
      contacts.customer.push(c);
      contacts.day.push(opened);
      contacts.resolved.push(resolved ? 1 : 0);
      contacts.reason.push(reason);
      if (resolved) {
        const gain = 0.35 / 30;
        steps.push({ from: opened + 8, rate: rate * 0.45 + gain });
        resolvedPerDay[c] = gain * MEAN_MARGIN;
      }
    } else if (hit) {
      hits.customer.push(c);
      hits.day.push(opened);
      steps.push({ from: opened + 1, rate: rate * 1.6 * 0.75 });
      hitPerDay[c] = -rate * 1.6 * 0.25 * MEAN_MARGIN;
    } else notHit.push(c);
    steps.forEach((step, s) => {
      const until = steps[s + 1]?.from ?? AHEAD;
      for (let day = step.from + exponential() / step.rate; day < until; day += exponential() / step.rate) {
        if (day >= -tenure) bought(day);
      }
    });
  }
  const none = new Float64Array(size);
  return {
    customers: {
      joinedOn,
      segment,
      leftOn: new Float64Array(size).fill(Infinity),
      monthlyMargin: none,
      byEvents: new Uint8Array(size).fill(1),
    },
    earnings: events,
    contacts,
    hits,
    notHit,
    resolvedPerDay,
    hitPerDay,
  };
}
