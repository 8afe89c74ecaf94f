import { joined, joinedColumns, PartedColumn } from '../joined.ts';
import type { Period } from '../period.ts';
import type { CohortRows, CustomerTable, Earned, EpisodeRows } from './cohort.ts';
import { daysOf, decisionRows, earnedBy, serviceRows } from './cohort.ts';
import type { Episodes, Touches } from './episode.ts';
import { EPISODE_DAYS, episodes, referenceDays } from './episode.ts';
import type { DueCohort } from './maturity.ts';
import { delayOf } from './maturity.ts';
import type { Earnings, Purchases } from './outcome.ts';
import { MarginRoom, purchasesOf } from './outcome.ts';

/** Hits by decisions, by customer number and instant. */
export interface Hits extends Touches {
  /** place among the decisions */
  readonly decision: ArrayLike<number>;
}

/** What is known of all customers before any of them is looked at for what they did. */
export interface KnownOfCustomers {
  readonly customers: CustomerTable;
  readonly hits: Hits;
  /** codes of the decisions that hits name by number */
  readonly decisions: readonly string[];
  /** customers to compare those hit with, by decision and month, in order of their number */
  readonly population: (decision: string, month: Period) => ArrayLike<number>;
}

/** What customers below a number did, as far as no slice before said it; sorted by customer and instant. */
export interface FactsSlice {
  readonly to: number;
  readonly contacts: Touches & {
    readonly at: ArrayLike<number>;
    readonly cellNo: ArrayLike<number>;
    /** 1, 0, or −1 unknown */
    readonly resolved: ArrayLike<number>;
    /** level of the reason, from 1 */
    readonly reason: ArrayLike<number>;
  };
  readonly earnings: Earnings;
}

export interface GroupPolicy {
  readonly windowsDays: readonly number[];
  readonly netProvisional: boolean;
  /** last day whose events are known */
  readonly observedThrough: number;
}

/** Contacts or hits of a group's episodes, by customer and instant. */
export interface EpisodeTouches {
  /** the group's row of each */
  readonly row: Int32Array;
  readonly customer: Int32Array;
  readonly day: Int32Array;
  /** instants of contacts in epoch seconds; none of hits */
  readonly at: Float64Array;
  /** number of the contact's cell, or place of the hit's decision */
  readonly of: Int32Array;
}

/** Rows of one cohort, of a month's contacts, or of a month's hits by one decision, with what they earned. */
export interface Group {
  readonly decision: string | undefined;
  readonly rows: CohortRows;
  readonly earned: Earned;
  /** absent where no window is open */
  readonly purchases: Purchases | undefined;
  /** those up to the start of the last band that may be posted */
  readonly touches: () => EpisodeTouches;
}

/**
 * Groups of due cohorts, gathered slice by slice of the customer range: of what customers did a row of sums stays, so that
 * no more than a slice of it must ever stand in memory.
 */
export class CohortGroups {
  private readonly groups: ReadonlyMap<DueCohort, GatheredGroup[]>;

  constructor(known: KnownOfCustomers, cohorts: readonly DueCohort[], policy: GroupPolicy) {
    const opened = episodes(known.hits, delayOf('decision'));
    const groupsOf = (cohort: DueCohort): GatheredGroup[] =>
      cohort.effect === 'service'
        ? [new ServiceGroup(known.customers, cohort, policy)]
        : hitGroups(known, cohort, opened, policy);
    this.groups = new Map(cohorts.map((cohort) => [cohort, groupsOf(cohort)]));
  }

  /** Slices come in order. */
  take(slice: FactsSlice): void {
    const opened = episodes(slice.contacts, delayOf('service'));
    for (const groups of this.groups.values()) for (const group of groups) group.take(slice, opened);
  }

  /** Each group of a cohort that has rows, by decision code, once: it is let go. */
  *of(cohort: DueCohort): Generator<Group> {
    const groups = this.groups.get(cohort)!;
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      const taken = group.taken();
      if (taken.rows.customer.length > 0) yield taken;
    }
  }
}

/** What of a group is known, slice by slice. */
abstract class GatheredGroup {
  private readonly bands: readonly PartedColumn[];
  private readonly before = new PartedColumn();
  private readonly priorValue = new PartedColumn();
  private readonly yearValue = new PartedColumn();
  private readonly amount = new PartedColumn();
  private days: Int32Array[] = [];
  private last: Int32Array[] = [];
  private readonly room = new MarginRoom();
  protected readonly delay: number;
  /** days from the clock's start to that of the last band that may be posted; below it all where none may */
  protected readonly lastStart: number;

  constructor(
    private readonly customers: CustomerTable,
    private readonly cohort: DueCohort,
    private readonly policy: GroupPolicy,
  ) {
    const { due, open, effect } = cohort;
    this.bands = policy.windowsDays.map(() => new PartedColumn());
    this.delay = delayOf(effect);
    const posted = policy.netProvisional ? [...due, ...open] : due;
    const last = policy.windowsDays.findLastIndex((days) => posted.includes(days));
    this.lastStart = last < 0 ? -Infinity : (policy.windowsDays[last - 1] ?? 0);
  }

  abstract take(slice: FactsSlice, opened: Episodes): void;
  abstract taken(): Group;

  protected add(rows: Pick<CohortRows, 'customer' | 'clockStart'>, { earnings }: FactsSlice): void {
    const { customers, policy, cohort } = this;
    const earned = earnedBy(rows, { customers, earnings }, policy.windowsDays, this.delay, this.room);
    earned.bands.forEach((band, b) => this.bands[b]!.add(band));
    this.before.add(earned.before);
    this.priorValue.add(earned.priorValue);
    this.yearValue.add(earned.yearValue);
    if (cohort.open.length === 0) return;
    const { days, amount, last } = purchasesOf(rows, earnings, policy.observedThrough);
    this.days.push(days);
    this.amount.add(amount);
    this.last.push(last);
  }

  protected sums(): Pick<Group, 'earned' | 'purchases'> {
    const { days, last } = this;
    [this.days, this.last] = [[], []];
    return {
      earned: {
        bands: this.bands.map((band) => band.taken()),
        before: this.before.taken(),
        priorValue: this.priorValue.taken(),
        yearValue: this.yearValue.taken(),
      },
      purchases:
        this.cohort.open.length === 0
          ? undefined
          : { days: joined(Int32Array, days), amount: this.amount.taken(), last: joined(Int32Array, last) },
    };
  }
}

/** Episodes that contacts of a month opened. */
class ServiceGroup extends GatheredGroup {
  private rows: EpisodeRows[] = [];
  private touches: EpisodeTouches[] = [];
  private readonly month: ReturnType<typeof daysOf>;
  private count = 0;

  constructor(customers: CustomerTable, cohort: DueCohort, policy: GroupPolicy) {
    super(customers, cohort, policy);
    this.month = daysOf(cohort.month);
  }

  take(slice: FactsSlice, opened: Episodes): void {
    const { day, resolved, reason } = slice.contacts;
    const rows = serviceRows(opened, day, resolved, reason, this.month);
    this.rows.push(rows);
    this.add(rows, slice);
    this.touches.push(touchesOf(slice.contacts, slice.contacts.cellNo, opened, rows, this.lastStart, this.count));
    this.count += rows.customer.length;
  }

  taken(): Group {
    const { rows, touches } = this;
    [this.rows, this.touches] = [[], []];
    return {
      decision: undefined,
      rows: joinedColumns(
        { customer: Int32Array, clockStart: Int32Array, treated: Int8Array, reason: Int32Array },
        rows,
      ),
      ...this.sums(),
      touches: () => joinedTouches(touches),
    };
  }
}

/** Customers whom a decision hit in a month, and those whom it did not. */
class HitGroup extends GatheredGroup {
  /** rows whose customers were in a slice */
  private done = 0;
  private readonly hits: Hits;

  constructor(
    known: KnownOfCustomers,
    cohort: DueCohort,
    policy: GroupPolicy,
    /** of every episode of hits; nobody asks for the rest of them */
    private readonly opened: Pick<Episodes, 'opening'>,
    private readonly decision: string,
    private readonly rows: EpisodeRows,
  ) {
    super(known.customers, cohort, policy);
    this.hits = known.hits;
  }

  take(slice: FactsSlice): void {
    const { customer, clockStart } = this.rows;
    const from = this.done;
    while (this.done < customer.length && customer[this.done]! < slice.to) this.done++;
    this.add({ customer: customer.subarray(from, this.done), clockStart: clockStart.subarray(from, this.done) }, slice);
  }

  taken(): Group {
    const { decision, rows, hits, opened, lastStart } = this;
    const touches = (): EpisodeTouches => touchesOf(hits, hits.decision, opened, rows, lastStart, 0);
    return { decision, rows, ...this.sums(), touches };
  }
}

function hitGroups(known: KnownOfCustomers, cohort: DueCohort, opened: Episodes, policy: GroupPolicy): HitGroup[] {
  const period = daysOf(cohort.month);
  const { hits } = known;
  const isHit = new Uint8Array(known.decisions.length);
  for (let e = 0; e < opened.opening.length; e++) {
    const touch = opened.opening[e]!;
    if (hits.day[touch]! >= period.from && hits.day[touch]! < period.to) isHit[hits.decision[touch]!] = 1;
  }
  return known.decisions
    .map((code, number) => ({ number, code }))
    .filter(({ number }) => isHit[number] === 1)
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ number, code }) => {
      const notHit = notHitOf(known, number, code, cohort.month, opened);
      const rows = decisionRows(opened, hits.day, hits.decision, number, period, notHit);
      return new HitGroup(known, cohort, policy, { opening: opened.opening }, code, rows);
    });
}

/**
 * Customers of the population without a hit by the decision in the episode's days before their reference day, nor in the
 * month itself: nobody stands in both arms of a cohort. Later hits do not count: else the future would choose the arms.
 */
function notHitOf(
  { hits, population }: KnownOfCustomers,
  decision: number,
  code: string,
  month: Period,
  opened: Episodes,
): { readonly customer: Int32Array; readonly clockStart: Int32Array } {
  const members = population(code, month);
  const period = daysOf(month);
  const treatedDays: number[] = [];
  for (let e = 0; e < opened.opening.length; e++) {
    const touch = opened.opening[e]!;
    if (hits.decision[touch] === decision && hits.day[touch]! >= period.from && hits.day[touch]! < period.to)
      treatedDays.push(opened.clockStart[e]!);
  }
  const clockStart = referenceDays(treatedDays, members.length);
  const customer = new Int32Array(members.length);
  let [count, first] = [0, 0];
  for (let i = 0; i < members.length; i++) {
    const member = members[i]!;
    const start = clockStart[i]!;
    while (first < hits.day.length && hits.customer[first]! < member) first++;
    let wasHit = false;
    for (let h = first; h < hits.day.length && hits.customer[h] === member; h++) {
      const own = hits.day[h]!;
      const before = own < start && own >= start - EPISODE_DAYS;
      if (hits.decision[h] === decision && (before || (own >= period.from && own < period.to))) wasHit = true;
    }
    if (wasHit) continue;
    customer[count] = member;
    clockStart[count++] = start;
  }
  return { customer: customer.subarray(0, count), clockStart: clockStart.subarray(0, count) };
}

/**
 * Touches of the rows' episodes up to some days after their clocks' start.
 * @param named what each touch is of @param firstRow number of the first row among the group's
 */
function touchesOf(
  touches: Touches & { readonly at?: ArrayLike<number> },
  named: ArrayLike<number>,
  { opening }: Pick<Episodes, 'opening'>,
  { episode, clockStart }: EpisodeRows,
  lastStart: number,
  firstRow: number,
): EpisodeTouches {
  // an episode's touches stand behind the one that opened it, up to the next one's
  const endOf = (e: number): number => opening[e + 1] ?? touches.day.length;
  let count = 0;
  for (let row = 0; row < episode.length; row++) {
    const e = episode[row]!;
    if (e < 0) continue;
    const last = clockStart[row]! + lastStart;
    for (let i = opening[e]!; i < endOf(e); i++) if (touches.day[i]! <= last) count++;
  }
  const { at } = touches;
  const own = {
    row: new Int32Array(count),
    customer: new Int32Array(count),
    day: new Int32Array(count),
    at: new Float64Array(at === undefined ? 0 : count),
    of: new Int32Array(count),
  };
  for (let row = 0, to = 0; row < episode.length && to < count; row++) {
    const e = episode[row]!;
    if (e < 0) continue;
    const last = clockStart[row]! + lastStart;
    for (let i = opening[e]!; i < endOf(e); i++) {
      if (touches.day[i]! > last) continue;
      own.row[to] = firstRow + row;
      own.customer[to] = touches.customer[i]!;
      own.day[to] = touches.day[i]!;
      if (at !== undefined) own.at[to] = at[i]!;
      own.of[to++] = named[i]!;
    }
  }
  return own;
}

function joinedTouches(parts: readonly EpisodeTouches[]): EpisodeTouches {
  return joinedColumns(
    { row: Int32Array, customer: Int32Array, day: Int32Array, at: Float64Array, of: Int32Array },
    parts,
  );
}
