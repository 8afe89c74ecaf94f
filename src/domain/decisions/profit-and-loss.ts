import { Fraction } from '../fraction.ts';
import { addDays, type LocalDate } from '../period.ts';
import { breakEvenContactRate } from './break-even.ts';

/** What a decision did on one local day: money in minor units of the reporting currency, on the day of the exposure. */
export interface DecisionDay {
  readonly date: LocalDate;
  readonly exposures: bigint;
  readonly billed: Fraction;
  readonly waived: Fraction;
  readonly refunded: Fraction;
  readonly contacts: Fraction;
  readonly contactCost: Fraction;
}

export interface DecisionFigures {
  readonly exposures: bigint;
  readonly billed: Fraction;
  readonly waived: Fraction;
  readonly refunded: Fraction;
  readonly contacts: Fraction;
  readonly contactCost: Fraction;
  /** billed − waived − refunded − contact cost + retention effect */
  readonly net: Fraction;
  readonly netWithoutRetention: Fraction;
  /** contacts for an exposure at which nothing is earned; null: the decision has no revenue of its own */
  readonly breakEvenContactRate: Fraction | null;
  /** contacts for an exposure, of exposures whose days have passed; null: there are none */
  readonly contactRate: Fraction | null;
  readonly underWaterSince: LocalDate | null;
  /** last day whose exposures have had their days to cause contacts; later ones are immature and raise no alarm */
  readonly matureUntil: LocalDate;
  readonly curve: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly date: LocalDate;
  readonly contacts: Fraction;
  readonly collected: Fraction;
  readonly cost: Fraction;
  readonly net: Fraction;
  readonly mature: boolean;
}

/**
 * Profit and loss of a decision (method 5). The cumulated curve books fee and contacts on the day of the exposure.
 * @param days in ascending order, each day at most once
 * @param asOf last day that the books cover
 * @param withinDays days that an exposure may cause contacts for; 0 where no exposure rule names the decision
 * @param retention decision effect on retention in minor units, signed
 */
export function profitAndLoss(
  days: readonly DecisionDay[],
  asOf: LocalDate,
  withinDays: number,
  retention: Fraction,
): DecisionFigures {
  const matureUntil = addDays(asOf, -withinDays);
  let collected = Fraction.ZERO;
  let cost = Fraction.ZERO;
  let underWaterSince: LocalDate | null = null;
  const curve: CurvePoint[] = [];
  for (const day of days) {
    collected = collected.plus(day.billed).minus(day.waived).minus(day.refunded);
    cost = cost.plus(day.contactCost);
    const net = collected.minus(cost);
    const mature = day.date <= matureUntil;
    if (mature) underWaterSince = net.sign < 0 ? (underWaterSince ?? day.date) : null;
    curve.push({ date: day.date, contacts: day.contacts, collected, cost, net, mature });
  }
  const total = (of: (day: DecisionDay) => Fraction, among = days) =>
    among.reduce((sum, day) => sum.plus(of(day)), Fraction.ZERO);
  const exposures = days.reduce((sum, day) => sum + day.exposures, 0n);
  const contacts = total((day) => day.contacts);
  const billed = total((day) => day.billed);
  const ripe = days.filter((day) => day.date <= matureUntil);
  const ripeExposures = ripe.reduce((sum, day) => sum + day.exposures, 0n);
  const hasRevenue = !billed.isZero;
  const withoutRetention = collected.minus(cost);
  return {
    exposures,
    billed,
    waived: total((day) => day.waived),
    refunded: total((day) => day.refunded),
    contacts,
    contactCost: cost,
    net: withoutRetention.plus(retention),
    netWithoutRetention: withoutRetention,
    breakEvenContactRate:
      hasRevenue && cost.sign > 0
        ? (breakEvenContactRate({
            collected,
            exposures: Fraction.of(exposures),
            costPerContact: cost.over(contacts),
            retention,
          }) ?? null)
        : null,
    contactRate: ripeExposures === 0n ? null : total((day) => day.contacts, ripe).over(ripeExposures),
    underWaterSince: hasRevenue ? underWaterSince : null,
    matureUntil,
    curve,
  };
}

/** What a person should look at now, in words (method 5: under water; contact rate above the expectation). */
export function alarms(figures: DecisionFigures, expectedContactsPerMonth: Fraction | null, months: number): string[] {
  const found: string[] = [];
  if (figures.underWaterSince !== null) found.push(`under water since ${figures.underWaterSince}`);
  if (expectedContactsPerMonth !== null && months > 0) {
    const each = figures.contacts.over(BigInt(months));
    if (each.compare(expectedContactsPerMonth) > 0) {
      found.push(`${each.toText(1)} contacts a month, ${expectedContactsPerMonth.toText(1)} were expected`);
    }
  }
  return found;
}
