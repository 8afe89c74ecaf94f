import { cumulated, Draw } from './draw.ts';
import { DAYS_PER_MONTH } from './arrivals.ts';
import { exp, power } from './numbers.ts';
import type { Behaviour } from './settings.ts';
import type { Span } from './span.ts';

const YEAR = 365;

/** Place of a tenure among the factors of behaviour.yaml: below one year, below three, more. */
export function tenureBand(days: number): 0 | 1 | 2 {
  return days < YEAR ? 0 : days < 3 * YEAR ? 1 : 2;
}

/** The customer base: who is there at the start, who joins when, so that it grows by the stated rate. */
export class Population {
  /** cumulated: there at the start, then joining in each month */
  private readonly joining: Float64Array;
  /** per day: churn by segment and tenure band, late bills by segment */
  private readonly leaving: Float64Array;
  private readonly lateBills: Float64Array;
  /** number of the region of the pilot, and the first day on which the fee reaches all */
  readonly pilotRegion: number;
  readonly rollOutFrom: number;

  constructor(
    private readonly behaviour: Behaviour,
    private readonly span: Span,
    growth: number,
    readonly feeFrom: number,
  ) {
    const { fee, regions, segments, tenure, churn } = behaviour;
    this.leaving = Float64Array.from(
      segments.flatMap((segment) => tenure.churn.map((factor) => (churn * segment.churn * factor) / DAYS_PER_MONTH)),
    );
    this.lateBills = Float64Array.from(segments, (segment) => (fee.late * segment.late) / DAYS_PER_MONTH);
    this.pilotRegion = regions.findIndex((region) => region.code === fee.pilot.region);
    this.rollOutFrom = span.dayOf(fee.roll_out.from);
    this.joining = cumulated(this.joiners(growth));
  }

  /** Day on which a customer joins; negative for those who are there at the start. */
  joinDay(draw: Draw): number {
    const { tenure_years: mean, max_tenure_years: most } = this.behaviour.base;
    const month = draw.pick(this.joining) - 1;
    if (month < 0) return -1 - Math.floor((draw.exponential() * mean * 365.25) % (most * 365.25));
    const first = this.span.monthStarts[month]!;
    return first + draw.below(this.span.monthStarts[month + 1]! - first);
  }

  /** Churn of a day for a segment and tenure, without what decisions and service add. */
  leavingRate(segment: number, tenureDays: number): number {
    return this.leaving[segment * 3 + tenureBand(tenureDays)]!;
  }

  /** Hits by the fee per day. `pilot`: 1 or 0 for a customer in or out of the pilot, or the share of those who are in it. */
  hitRate(segment: number, day: number, pilot: number, scale: number): number {
    if (day < this.feeFrom) return 0;
    const reached = day < this.rollOutFrom ? pilot : 1;
    return this.lateBills[segment]! * scale * reached;
  }

  /** Relative numbers: the base at the start, then who must join each month for it to grow as stated. */
  private joiners(growth: number): number[] {
    const { segments, base, contacts, service, tenure, fee } = this.behaviour;
    const ages = Math.ceil(base.max_tenure_years * 12);
    let cohorts: { segment: number; age: number; since: number; size: number }[] = [];
    segments.forEach((segment, s) => {
      let all = 0;
      for (let age = 0; age < ages; age += 6) all += exp(-age / 12 / base.tenure_years);
      for (let age = 0; age < ages; age += 6) {
        cohorts.push({
          segment: s,
          age: age + 3,
          since: 0,
          size: (segment.share * exp(-age / 12 / base.tenure_years)) / all,
        });
      }
    });
    const pilot = this.behaviour.regions[this.pilotRegion]!.share;
    const joiners = [1];
    for (let month = 0; month < this.span.periods.length; month++) {
      const day = this.span.monthStarts[month]!;
      cohorts = cohorts.map(({ segment, age, since, size }) => {
        const of = segments[segment]!;
        const band = tenureBand(age * DAYS_PER_MONTH);
        const rate = contacts.per_month * of.contacts * tenure.contacts[band];
        const disappointed =
          rate * exp(-rate * (month - since)) * contacts.repeat * of.repeat * tenure.repeat[band] * service.leaves;
        const hit = this.hitRate(segment, day, pilot, 1) * DAYS_PER_MONTH * fee.leaves;
        const leaving = this.leavingRate(segment, age * DAYS_PER_MONTH) * DAYS_PER_MONTH + disappointed + hit;
        return { segment, age: age + 1, since, size: size * exp(-leaving) };
      });
      const left = cohorts.reduce((sum, cohort) => sum + cohort.size, 0);
      const joined = Math.max(0, power(1 + growth, (month + 1) / 12) - left);
      joiners.push(joined);
      segments.forEach((segment, s) =>
        cohorts.push({ segment: s, age: 0, since: month, size: joined * segment.share }),
      );
    }
    return joiners;
  }
}
