import { Fraction } from '../fraction.ts';

/**
 * Episodes (method 7): a customer's first qualifying contact, or first hit by a decision, opens an episode; later ones
 * join it until its outcome days are over. So a customer-day is a treated outcome in at most one episode per effect.
 */
export interface Touches {
  /** sorted by customer, then day; equal days in the order of the contacts' own keys */
  readonly customer: ArrayLike<number>;
  /** local days since any epoch */
  readonly day: ArrayLike<number>;
}

export interface Episodes {
  /** touch that opened each episode */
  readonly opening: Int32Array;
  readonly customer: Int32Array;
  /** first day whose outcome counts; the episode's last is `clockStart + episodeDays − 1` */
  readonly clockStart: Int32Array;
  /** episode of every touch */
  readonly of: Int32Array;
}

export const EPISODE_DAYS = 548;
/** Resolved is known when seven days have passed without a repeat: the clock starts on day 8 (the contact's is day 0). */
export const SERVICE_DELAY_DAYS = 8;
/** A decision's outcomes count from the day after the hit: what was bought on the day itself may have come before it. */
export const DECISION_DELAY_DAYS = 1;

export function episodes(touches: Touches, delayDays: number, episodeDays = EPISODE_DAYS): Episodes {
  const { customer: own, day } = touches;
  const n = day.length;
  const [of, opening] = [new Int32Array(n), new Int32Array(n)];
  let count = 0;
  let end = -Infinity;
  for (let i = 0; i < n; i++) {
    if (i === 0 || own[i] !== own[i - 1] || day[i]! >= end) {
      opening[count++] = i;
      end = day[i]! + delayDays + episodeDays;
    }
    of[i] = count - 1;
  }
  const [customer, clockStart] = [new Int32Array(count), new Int32Array(count)];
  for (let e = 0; e < count; e++) {
    customer[e] = own[opening[e]!]!;
    clockStart[e] = day[opening[e]!]! + delayDays;
  }
  return { opening: opening.slice(0, count), customer, clockStart, of };
}

/**
 * How much of a band each cell of touches earns: an episode counts 1, split equally over its touches up to the band's
 * start. Weights of parts of a customer range add, in any order.
 * @param of episode of every touch, and when the episodes' clocks start
 * @param cell cell (unit, decision, day slice …) of every touch
 * @param counts 1 for the episodes that the band's effect was estimated for
 * @param startDays days from the clock's start to the band's
 */
export function bandWeights(
  touches: Pick<Touches, 'day'>,
  { of, clockStart }: { readonly of: ArrayLike<number>; readonly clockStart: ArrayLike<number> },
  cell: ArrayLike<number>,
  counts: ArrayLike<number>,
  startDays: number,
): Map<number, Fraction> {
  const n = touches.day.length;
  const sharers = new Int32Array(clockStart.length);
  const takesPart = (i: number): boolean => counts[of[i]!] === 1 && touches.day[i]! <= clockStart[of[i]!]! + startDays;
  for (let i = 0; i < n; i++) if (takesPart(i)) sharers[of[i]!]!++;
  // Counted by the number of sharers first: one exact fraction a cell and number, not one a touch.
  const tally = new Map<number, number[]>();
  for (let i = 0; i < n; i++) {
    if (!takesPart(i)) continue;
    let own = tally.get(cell[i]!);
    if (own === undefined) tally.set(cell[i]!, (own = []));
    const among = sharers[of[i]!]!;
    while (own.length <= among) own.push(0);
    own[among]!++;
  }
  const weights = new Map<number, Fraction>();
  for (const [key, own] of tally) {
    let weight = Fraction.ZERO;
    own.forEach((count, among) => {
      if (count > 0) weight = weight.plus(Fraction.of(count, among));
    });
    weights.set(key, weight);
  }
  return weights;
}

/**
 * Reference days of a comparison group: its members take the treated customers' days in turn, so that both groups are
 * watched over the same calendar. Which member takes which day depends on their order alone.
 */
export function referenceDays(treatedDays: ArrayLike<number>, members: number): Int32Array {
  const days = Float64Array.from(treatedDays).sort();
  const reference = new Int32Array(members);
  for (let i = 0; i < members; i++) reference[i] = days[Math.floor(((i + 0.5) * days.length) / members)]!;
  return reference;
}
