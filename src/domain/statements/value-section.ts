import { compareKeys } from '../apportionment.ts';
import { amountText } from '../money.ts';
import type { StreamAmounts } from '../retention/amount.ts';
import { toMinor, totalOf } from '../retention/amount.ts';
import { NOT_ASSIGNED } from '../retention/apportioned-effect.ts';
import type { Credit } from '../retention/credits.ts';
import type { MeasuredEffect } from '../retention/effect.ts';
import type { CohortEffect, CohortForecast } from '../retention/period-effects.ts';
import type { Books } from './books.ts';
import type { DocumentContext, JsonObject } from './document-context.ts';
import type { RetentionBooks } from './retention-books.ts';
import type {
  ConservationSection,
  CreditSection,
  EffectSection,
  ForecastSection,
  IntervalSection,
  RetentionPolicySection,
  StreamSection,
  UnitRetentionSection,
  ValueSection,
} from './value-document.ts';

/** `value` of a period and of service's document: what service cost, recovered and earned, and how that is known. */
export function valueSection(books: Books, retention: RetentionBooks, context: DocumentContext): JsonObject {
  const money = (minor: bigint): string => amountText(minor, context.digits);
  const { ledger, charged } = books.reconciliation;
  const adjusted = books.adjustments.reduce((sum, own) => sum + (own.unit === null ? 0n : own.amount), 0n);
  const recovered = charged + adjusted;
  const section: ValueSection = {
    service: {
      cost: money(ledger),
      recovered: money(recovered),
      retentionCredit: money(retention.serviceCredit),
      net: money(recovered + retention.serviceCredit - ledger),
    },
    ...effectSections(retention, context.digits),
    recoveredFor: recoveredFor(retention, context.digits),
    policy: policySection(retention.policy),
  };
  return plain(section);
}

/** What the effects alone say, without the books beside them. */
export function effectSections(
  retention: RetentionBooks,
  digits: number,
): Pick<ValueSection, 'effects' | 'forecasts' | 'credits' | 'conservation'> {
  return {
    effects: retention.effects.posted.map((posted) => effectSection(posted, retention, digits)),
    forecasts: retention.effects.forecasts.map((forecast) => forecastSection(forecast, digits)),
    credits: retention.credits.map((credit) => creditSection(credit, digits)),
    conservation: (['decision', 'service'] as const).map((effect) => conservation(effect, retention, digits)),
  };
}

/** `retention` of a unit's statement. */
export function unitRetention(unit: string, retention: RetentionBooks, digits: number): JsonObject {
  const recovered = retention.effects.lines
    .filter((line) => line.effect === 'service' && line.unit === unit)
    .reduce((sum, line) => sum + line.netted, 0n);
  const section: UnitRetentionSection = {
    lines: retention.credits.filter((credit) => credit.unit === unit).map((credit) => creditSection(credit, digits)),
    recoveredByService: amountText(recovered, digits),
  };
  return plain(section);
}

function effectSection(posted: CohortEffect, retention: RetentionBooks, digits: number): EffectSection {
  const { effect, decision, month, posting, reading } = posted;
  const measured = reading?.effect.kind === 'measured' ? reading.effect : undefined;
  const refused = reading?.effect.kind === 'refused' ? [reading.effect.why] : [];
  const interval = (of: MeasuredEffect['total']): IntervalSection => intervalSection(of, digits);
  return {
    effect,
    decision: decision ?? null,
    cohort: month,
    windowDays: posting.windowDays,
    kind: posting.kind,
    customers: measured?.customers ?? 0,
    notAssessable: measured?.notAssessable ?? reading?.matured ?? 0,
    perCustomer: measured ? interval({ ...measured.perCustomer, point: measured.perCustomer.perCustomer }) : null,
    total: measured ? interval(measured.total) : null,
    streams: measured ? streamSection(streamsInMinor(measured), digits) : null,
    falsification: measured ? interval({ ...measured.falsification, point: measured.falsification.perCustomer }) : null,
    differenceBefore: measured ? measured.differenceBefore.toFixed(4) : null,
    differenceAfter: measured ? measured.differenceAfter.toFixed(4) : null,
    onBooks: retention.onBooks.has(month),
    nettable: measured?.nettable ?? posting.kind === 'provisional',
    why: measured?.why ?? (reading ? refused : ['a forecast that the policy nets']),
    postedPoint: amountText(totalOf(posting.point), digits),
    postedNetted: amountText(totalOf(posting.netted), digits),
  };
}

/** Streams sum to the total, which is rounded once. */
function streamsInMinor({ streams, total }: MeasuredEffect): StreamAmounts {
  const [buyAgain, spreadTheWord] = [toMinor(streams.buyAgain), toMinor(streams.spreadTheWord)];
  return { buyAgain, spreadTheWord, buyMore: toMinor(total.point) - buyAgain - spreadTheWord };
}

function streamSection(amounts: StreamAmounts, digits: number): StreamSection {
  return {
    buyAgain: amountText(amounts.buyAgain, digits),
    buyMore: amountText(amounts.buyMore, digits),
    spreadTheWord: amountText(amounts.spreadTheWord, digits),
  };
}

function intervalSection({ point, low, high }: MeasuredEffect['total'], digits: number): IntervalSection {
  const money = (minor: number): string => amountText(toMinor(minor), digits);
  return { point: money(point), low: money(low), high: money(high) };
}

function forecastSection(
  { effect, decision, month, windowDays, forecast }: CohortForecast,
  digits: number,
): ForecastSection {
  const made = forecast.kind === 'forecast' ? forecast : undefined;
  return {
    effect,
    decision: decision ?? null,
    cohort: month,
    windowDays,
    methods: made?.methods ?? [],
    customers: made?.customers ?? 0,
    total: made ? intervalSection(made.total, digits) : null,
    why: forecast.kind === 'refused' ? forecast.why : null,
  };
}

function creditSection(credit: Credit, digits: number): CreditSection {
  const money = (minor: bigint): string => amountText(minor, digits);
  return {
    unit: credit.unit,
    decision: credit.decision,
    chargePeriod: credit.chargePeriod,
    tier: credit.tier,
    point: money(credit.point),
    netted: money(credit.netted),
    credit: money(credit.credit),
    aboveCap: money(credit.aboveCap),
    notCredited: money(credit.notCredited),
  };
}

function recoveredFor({ effects }: RetentionBooks, digits: number): ValueSection['recoveredFor'] {
  const sums = new Map<string, { unit: string; decision: string | null; amount: bigint }>();
  for (const { effect, unit, decision, netted } of effects.lines) {
    if (effect !== 'service' || netted === 0n) continue;
    const key = JSON.stringify([unit, decision ?? null]);
    const amount = (sums.get(key)?.amount ?? 0n) + netted;
    sums.set(key, { unit, decision: decision ?? null, amount });
  }
  return [...sums.entries()]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([, { amount, ...own }]) => ({ ...own, amount: amountText(amount, digits) }));
}

function conservation(
  effect: ConservationSection['effect'],
  { effects }: RetentionBooks,
  digits: number,
): ConservationSection {
  const money = (minor: bigint): string => amountText(minor, digits);
  const estimated = effects.posted
    .filter((posted) => posted.effect === effect)
    .reduce((sum, { posting }) => sum + totalOf(posting.point), 0n);
  const lines = effects.lines.filter((line) => line.effect === effect);
  const apportioned = lines.reduce((sum, line) => sum + line.point, 0n);
  const nobody = lines.filter((line) => line.unit === NOT_ASSIGNED).reduce((sum, line) => sum + line.point, 0n);
  return {
    effect,
    estimated: money(estimated),
    apportioned: money(apportioned),
    notAssigned: money(nobody),
    difference: money(estimated - apportioned),
  };
}

function policySection(policy: RetentionBooks['policy']): RetentionPolicySection {
  return {
    windowsDays: policy.windows_days,
    discountRate: policy.discount_rate?.toText() ?? null,
    netProvisional: policy.net_provisional,
    creditTiers: policy.credit.tiers,
    decisionEffect: policy.credit.decision_effect,
    serviceEffect: policy.credit.service_effect,
  };
}

/** A section is plain data: an interface lacks the index that JSON has. */
function plain<T extends object>(section: T): JsonObject {
  return section as unknown as JsonObject;
}
