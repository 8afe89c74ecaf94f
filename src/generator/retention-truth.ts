import { euros } from './amounts.ts';
import { DAYS_PER_MONTH } from './arrivals.ts';
import type { Life } from './life.ts';
import type { World } from './world.ts';
import { exp, logNormalMean } from './numbers.ts';
import { tenureBand } from './population.ts';

export const WINDOWS = [30, 182, 548] as const;
const STEPS = [0, 5, 10, 20, 30, 60, 90, 120, 150, 182, 240, 300, 360, 420, 480, 548];
const IS_WINDOW = STEPS.map((step) => (WINDOWS as readonly number[]).includes(step));

interface Sum {
  customers: number;
  cents: number;
}

/** Expected effects of one window: all, and by the month in which the customer's first contact or hit lies. */
class Tally {
  readonly months: Sum[];
  compared = 0;
  constructor(months: number) {
    this.months = Array.from({ length: months }, () => ({ customers: 0, cents: 0 }));
  }
  add(month: number, cents: number): void {
    const sum = this.months[month]!;
    sum.customers++;
    sum.cents += cents;
  }
}

/** What the planted churn does to a customer's own margin, on average over chance, in whole euro cents per customer. */
export interface EffectTruth {
  readonly windowDays: number;
  readonly customers: number;
  /** of the service effect: unresolved first contacts, the comparison */
  readonly compared?: number;
  readonly perCustomer: string;
  readonly total: string;
  readonly byMonth: readonly { period: string; customers: number; perCustomer: string }[];
}

/**
 * The planted effects as expected values: for each customer whose window lies inside the generated months, the margin
 * per day × ∫ S(t) q F(t) dt, where q F(t) is the planted share that has left by day t and S(t) the share that nothing else
 * has taken. Expected values, not what chance made of them, so that an interval of 90% covers them 90 times in 100.
 */
export class RetentionTruth {
  private readonly service: readonly Tally[];
  private readonly fee: readonly Tally[];
  private readonly feeAgainstLater: readonly Tally[];
  private readonly serviceShares: Float64Array;
  private readonly feeShares: Float64Array;
  private readonly purchaseValue: readonly number[];

  constructor(private readonly world: World) {
    const { behaviour, span } = world;
    const tallies = () => WINDOWS.map(() => new Tally(span.periods.length));
    [this.service, this.fee, this.feeAgainstLater] = [tallies(), tallies(), tallies()];
    this.serviceShares = shares(behaviour.service.leaves, behaviour.service.leaves_days);
    this.feeShares = shares(behaviour.fee.leaves, behaviour.fee.leaves_days);
    const { median, spread, margin, refunded } = behaviour.purchase;
    const value = logNormalMean(median, spread) * 100 * margin * (1 - refunded);
    this.purchaseValue = behaviour.segments.map(
      (segment) => segment.purchases * world.purchaseScale * value + additions(segment.margin * 100, behaviour),
    );
  }

  add(life: Life): void {
    const { span, behaviour } = this.world;
    const starts = behaviour.service.clock_starts;
    for (const { day, treated, effective } of life.serviceOpeners) {
      const from = day + starts;
      if (life.leaveDay <= from) continue;
      const effects = treated && effective ? this.serviceEffect(life, from) : [0, 0, 0];
      WINDOWS.forEach((window, w) => {
        if (from + window > span.days) return;
        if (treated) this.service[w]!.add(span.monthOf[day]!, effects[w]!);
        else this.service[w]!.compared++;
      });
    }
    for (const { day } of life.firstHits) {
      const [never, later] = this.feeEffect(life, day);
      WINDOWS.forEach((window, w) => {
        if (day + window > span.days) return;
        this.fee[w]!.add(span.monthOf[day]!, -never[w]!);
        this.feeAgainstLater[w]!.add(span.monthOf[day]!, -later[w]!);
      });
    }
  }

  truth(): { service: EffectTruth[]; fee: EffectTruth[]; feeAgainstLater: EffectTruth[] } {
    const read = (tallies: readonly Tally[], compared: boolean) =>
      tallies.map((tally, w) => effectTruth(WINDOWS[w]!, tally, this.world.span.periods, compared));
    return {
      service: read(this.service, true),
      fee: read(this.fee, false),
      feeAgainstLater: read(this.feeAgainstLater, false),
    };
  }

  /** Margin lost by window when the customer must call again. */
  private serviceEffect(life: Life, from: number): number[] {
    const { fee } = this.world.behaviour;
    const hit = life.hits.some(({ day }) => day < from && day > from - 548);
    return this.integral(life, from, this.serviceShares, (day) => (hit ? 0 : this.hitRate(life, day) * fee.leaves));
  }

  /** Margin lost by window when the customer is hit: against never being hit, and against those hit later. */
  private feeEffect(life: Life, day: number): readonly [number[], number[]] {
    const { contacts, segments, tenure, service, fee } = this.world.behaviour;
    const segment = segments[life.segment]!;
    const band = tenureBand(day - life.joinDay);
    const callers = (contacts.per_month * segment.contacts * tenure.contacts[band]) / DAYS_PER_MONTH;
    const disappointed = callers * contacts.repeat * segment.repeat * tenure.repeat[band] * service.leaves;
    const open = life.serviceOpeners.find((opener) => opener.day <= day && opener.day > day - service.episode_days);
    const free = open === undefined ? day : open.day + service.episode_days;
    return this.integralAgainst(
      life,
      day,
      this.feeShares,
      (at) => (at < free ? 0 : disappointed * exp(-callers * (at - free))),
      // a later hit takes its customers some 60 days after it
      (at) => (at - 60 > day ? this.hitRate(life, at - 60) * fee.leaves : 0),
    );
  }

  /** Σ over steps of margin per day × survival × planted share gone, up to each window. */
  private integral(life: Life, from: number, gone: Float64Array, otherRate: (day: number) => number): number[] {
    return this.integralAgainst(life, from, gone, otherRate, () => 0)[0];
  }

  /** The same beside the same less the share that later hits take of those who were not hit. */
  private integralAgainst(
    life: Life,
    from: number,
    gone: Float64Array,
    otherRate: (day: number) => number,
    laterRate: (day: number) => number,
  ): readonly [number[], number[]] {
    const { population } = this.world;
    const perDay = (life.marginCents + this.purchaseValue[life.segment]!) / DAYS_PER_MONTH;
    const sums: number[] = [];
    const against: number[] = [];
    let [survival, sum, later, laterHits] = [1, 0, 0, 0];
    for (let k = 0; k + 1 < STEPS.length; k++) {
      const days = STEPS[k + 1]! - STEPS[k]!;
      const middle = from + STEPS[k]! + days / 2;
      const half = ((population.leavingRate(life.segment, middle - life.joinDay) + otherRate(middle)) * days) / 2;
      // e^(-half) twice, as (1 - x/2) ÷ (1 + x/2): half is below 0.03
      const factor = (1 - half / 2) / (1 + half / 2);
      survival *= factor;
      sum += perDay * survival * gone[k]!;
      laterHits += laterRate(middle) * days;
      later += perDay * survival * (gone[k]! - laterHits * days);
      survival *= factor;
      if (IS_WINDOW[k + 1]!) {
        sums.push(sum);
        against.push(later);
      }
    }
    return [sums, against];
  }

  private hitRate(life: Life, day: number): number {
    const { population, hitScale } = this.world;
    return population.hitRate(life.segment, day, life.region === population.pilotRegion ? 1 : 0, hitScale);
  }
}

/** ∫ q √(t ÷ days) dt over each step, at most q per day. */
function shares(leaves: number, days: number): Float64Array {
  const upTo = (t: number) => leaves * (t < days ? (2 / 3) * t * Math.sqrt(t / days) : (2 / 3) * days + (t - days));
  return Float64Array.from({ length: STEPS.length - 1 }, (_, k) => upTo(STEPS[k + 1]!) - upTo(STEPS[k]!));
}

/** Margin of a month's expansions less contractions, in cents; see `revenue-events.ts`. */
function additions(marginCents: number, behaviour: { expansion: number; contraction: number }): number {
  return marginCents * (behaviour.expansion - behaviour.contraction);
}

function effectTruth(window: number, tally: Tally, periods: readonly string[], withCompared: boolean): EffectTruth {
  const customers = tally.months.reduce((sum, month) => sum + month.customers, 0);
  const cents = tally.months.reduce((sum, month) => sum + month.cents, 0);
  return {
    windowDays: window,
    customers,
    ...(withCompared ? { compared: tally.compared } : {}),
    perCustomer: euros(customers === 0 ? 0 : cents / customers, 4),
    total: euros(cents, 2),
    byMonth: tally.months.flatMap((month, m) =>
      month.customers === 0
        ? []
        : [{ period: periods[m]!, customers: month.customers, perCustomer: euros(month.cents / month.customers, 4) }],
    ),
  };
}
