import { Refusal } from '../domain/errors.ts';
import { firstWhere } from '../domain/first-where.ts';
import { cumulated, Draw, PURPOSE } from './draw.ts';
import { exp, power } from './numbers.ts';
import { CHANNELS, type Behaviour, type Row, type Settings } from './settings.ts';
import type { Span } from './span.ts';

export const DAYS_PER_MONTH = 365.25 / 12;
export const PRODUCT = { mobile: 1, fibre: 2, any: 3 } as const;
export const PRODUCT_NAMES = ['', 'mobile', 'fibre'] as const;

/** A reason that contacts carry. */
export interface Reason {
  readonly code: string;
  readonly standardSeconds: number;
  /** PRODUCT bits of the customers who have this reason */
  readonly product: number;
  readonly channels: Float64Array;
  readonly group: string;
}

export interface PlantedDecision {
  readonly code: string;
  readonly kind: string;
  readonly firstDay: number;
  /** the last day of its effect; beyond all days when it has no end */
  readonly lastDay: number;
  readonly product: number;
  readonly reasons: readonly boolean[];
}

/** What `sample` fills. */
export interface Sampled {
  reason: number;
  product: number;
  /** number of the decision that causes the contact; -1 for the background */
  cause: number;
}

/** When contacts come and why: intensity of every day and reason, with the effects of decisions planted in it. */
export class Arrivals {
  readonly reasons: readonly Reason[];
  readonly decisions: readonly PlantedDecision[];
  /** the fee's place among the decisions */
  readonly fee: number;
  readonly feeReason: number;
  readonly outlierDay: number;
  /** intensity up to the start of each day, in months of one customer with rate 1 */
  readonly intensity: Float64Array;
  private readonly byReason: Float64Array;
  private readonly effect: Float32Array;
  private readonly causeOf: Int8Array;
  private readonly hours: readonly Uint8Array[];
  private readonly dayFactor: Float64Array;
  private readonly span: Span;

  constructor(
    settings: Settings,
    span: Span,
    seed: number,
    options: { readonly lift?: number | undefined; readonly outlier?: number | undefined },
  ) {
    const { behaviour } = settings;
    this.span = span;
    const rows = settings.reasons.filter((row) => row['share'] !== '');
    this.reasons = rows.map(readReason);
    this.decisions = settings.decisions.map((row) => readDecision(row, span, this.reasons));
    this.fee = this.decisions.findIndex((decision) => decision.code === behaviour.fee.decision);
    this.feeReason = this.reasons.findIndex((reason) => reason.code === 'billing.fee.late');
    this.outlierDay = span.dayOf(`${span.periods[Math.max(0, span.periods.length - 13)]!}-17`);
    this.causeOf = Int8Array.from(this.reasons, (_, r) => this.causeOfReason(r));
    const count = this.reasons.length;
    this.byReason = new Float64Array(span.days * count);
    this.effect = new Float32Array(span.days * count);
    this.intensity = new Float64Array(span.days + 1);
    this.dayFactor = dayFactors(behaviour, span, seed, this.outlierDay, options.outlier ?? behaviour.contacts.outlier);
    const noise = groupNoise(this.reasons, behaviour, span, seed);
    const shares = rows.map((row) => Number(row['share']));
    const all = shares.reduce((a, b) => a + b, 0);
    const lift = (code: string) =>
      code === 'PRICE-MOBILE' ? (options.lift ?? behaviour.effects[code]!.lift) : (behaviour.effects[code]?.lift ?? 0);
    for (let day = 0; day < span.days; day++) {
      let sum = 0;
      for (let r = 0; r < count; r++) {
        const decision = this.decisions[this.causeOf[r]!];
        let effect = 0;
        if (decision && day >= decision.firstDay && day <= decision.lastDay) {
          const half = behaviour.effects[decision.code]?.half_life_days;
          effect = lift(decision.code) * (half === undefined ? 1 : power(2, (decision.firstDay - day) / half));
        }
        this.effect[day * count + r] = effect;
        const season = behaviour.season[rows[r]!['season']!]!;
        const background = (shares[r]! / all) * seasonAt(season, span, day) * noise(r, day) * this.dayFactor[day]!;
        sum += background * (1 + Math.max(0, effect));
        this.byReason[day * count + r] = sum;
      }
      this.intensity[day + 1] = this.intensity[day]! + sum / DAYS_PER_MONTH;
    }
    const { hours } = behaviour;
    this.hours = CHANNELS.flatMap((channel) => [hourTable(hours[channel].week), hourTable(hours[channel].weekend)]);
  }

  /** Day on which the cumulated intensity is reached. */
  dayAt(intensity: number): number {
    return firstWhere(1, this.span.days, (day) => this.intensity[day]! > intensity) - 1;
  }

  private reasonOn(day: number, unit: number): number {
    const count = this.reasons.length;
    const first = day * count;
    const at = unit * this.byReason[first + count - 1]!;
    return firstWhere(0, count - 1, (reason) => this.byReason[first + reason]! > at);
  }

  /**
   * Reason, product and cause of a contact that a customer with these PRODUCT bits might make that day; false when
   * there is none, because the customer has no such product or the decision concerns others.
   */
  sample(day: number, holdings: number, draw: Draw, into: Sampled): boolean {
    const reason = this.reasonOn(day, draw.unit());
    let product = this.reasons[reason]!.product & holdings;
    if (product === 0) return false;
    if (product === PRODUCT.any) product = draw.chance(0.5) ? PRODUCT.mobile : PRODUCT.fibre;
    into.reason = reason;
    into.product = product;
    into.cause = -1;
    const effect = this.effect[day * this.reasons.length + reason]!;
    if (effect === 0) return true;
    const cause = this.causeOf[reason]!;
    const concerned = (this.decisions[cause]!.product & product) !== 0;
    if (effect < 0) return !(concerned && draw.chance(-effect));
    if (!draw.chance(effect / (1 + effect))) return true;
    into.cause = cause;
    return concerned;
  }

  /** Second of the day of a contact of a channel, as the clock on the wall shows it. */
  secondOn(day: number, channel: number, draw: Draw): number {
    const weekend = this.span.weekdays[day]! > 4 || this.dayFactor[day]! < 0.5 ? 1 : 0;
    const hour = this.hours[channel * 2 + weekend]![draw.bits() >>> 22]!;
    return this.span.onTheWall(day, hour * 3600 + draw.below(3600));
  }

  /** Weight of a day among its neighbours, 1 on average. */
  weightOf(day: number): number {
    return this.dayFactor[day]!;
  }

  private causeOfReason(reason: number): number {
    return this.decisions.findIndex((decision, i) => i !== this.fee && decision.reasons[reason]!);
  }
}

function readReason(row: Row): Reason {
  const code = row['reason_code']!;
  return {
    code,
    standardSeconds: Number(row['standard_handle_seconds']),
    product: PRODUCT[row['product'] as keyof typeof PRODUCT],
    channels: cumulated(row['channels']!.split('/').map(Number)),
    group: code.split('.')[0]!,
  };
}

function readDecision(row: Row, span: Span, reasons: readonly Reason[]): PlantedDecision {
  const patterns = row['reasons']!.split('|').map((pattern) => pattern.trim());
  const product = /^product=(mobile|fibre)$/.exec(row['population']!)?.[1] as 'mobile' | 'fibre' | undefined;
  if (product === undefined && row['population'] !== '') {
    throw new Refusal('bad_template', `population "${row['population']}" of ${row['decision_code']} is not product=…`);
  }
  return {
    code: row['decision_code']!,
    kind: row['kind']!,
    firstDay: span.dayOf(row['effective_from']!),
    lastDay: row['effective_to'] === '' ? 0x7fffffff : span.dayOf(row['effective_to']!),
    product: product === undefined ? PRODUCT.any : PRODUCT[product],
    reasons: reasons.map(({ code }) =>
      patterns.some((p) => (p.endsWith('*') ? code.startsWith(p.slice(0, -1)) : code === p)),
    ),
  };
}

/** Weekday × season × holidays × chance, common to all reasons of a day. */
function dayFactors(behaviour: Behaviour, span: Span, seed: number, outlierDay: number, outlier: number): Float64Array {
  const { weekdays, holiday, day_spread: spread } = behaviour.contacts;
  const mean = weekdays.reduce((a, b) => a + b, 0) / 7;
  return Float64Array.from(span.dates, (date, day) => {
    const chance = Draw.of(seed, PURPOSE.calendar, day).factor(spread);
    const closed = span.holidays.has(date) ? holiday : 1;
    const planted = day === outlierDay ? outlier : 1;
    return (
      (weekdays[span.weekdays[day]!]! / mean) *
      seasonAt(behaviour.season['general']!, span, day) *
      closed *
      chance *
      planted
    );
  });
}

/** Chance of a group of reasons in a week: what makes daily counts vary more than a Poisson law. */
function groupNoise(reasons: readonly Reason[], behaviour: Behaviour, span: Span, seed: number) {
  const groups = [...new Set(reasons.map((reason) => reason.group))];
  const weeks = Math.ceil(span.days / 7) + 1;
  const spread = behaviour.contacts.group_spread;
  const noise = Float64Array.from({ length: groups.length * weeks }, (_, i) =>
    exp(spread * Draw.of(seed, PURPOSE.calendar, 100_000 + i).normal()),
  );
  const group = reasons.map((reason) => groups.indexOf(reason.group));
  return (reason: number, day: number) => noise[group[reason]! * weeks + Math.floor(day / 7)]!;
}

/** Twelve monthly values, reached in the middle of each month and linear between, scaled to a mean of 1. */
function seasonAt(months: readonly number[], span: Span, day: number): number {
  const mean = months.reduce((a, b) => a + b, 0) / 12;
  const month = Number(span.dates[day]!.slice(5, 7)) - 1;
  const from = span.dayOfMonth[day]! / 30.5 - 0.5;
  const other = months[(month + (from < 0 ? 11 : 1)) % 12]!;
  return (months[month]! + (other - months[month]!) * Math.abs(from)) / mean;
}

function hourTable(weights: readonly number[]): Uint8Array {
  const sums = cumulated(weights);
  const all = sums[23]!;
  return Uint8Array.from({ length: 1024 }, (_, i) => {
    const at = ((i + 0.5) / 1024) * all;
    let hour = 0;
    while (sums[hour]! <= at) hour++;
    return hour;
  });
}
