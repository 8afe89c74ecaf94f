import { amountText } from '../money.ts';
import type { Adjustment } from './adjustment.ts';
import type { Books } from './books.ts';
import type { JsonObject } from './document-context.ts';
import { total } from './pool-posting.ts';

/** What a statement prints of adjustments: a unit's own, or service's. Amounts are decimal text. */
export function adjustmentsOf(
  unit: string | null,
  books: Books,
  digits: number,
): { readonly amount: bigint; readonly sections: JsonObject[] } {
  const own = books.adjustments.filter((adjustment) => adjustment.unit === unit);
  return { amount: total(own), sections: own.map((adjustment) => section(adjustment, books, digits)) };
}

function section(adjustment: Adjustment, books: Books, digits: number): JsonObject {
  const { id, source, reference, kind, chargePeriod, decision, reason, channel, pool, rule, tier } = adjustment;
  return {
    ...{ id, source, reference, kind, chargePeriod, postingPeriod: books.period },
    ...{ decision, reason, channel, pool, rule, tier },
    contacts: adjustment.contacts.toText(6),
    seconds: adjustment.quantity.toText(6),
    rate: adjustment.rate && adjustment.rate.over(10n ** BigInt(digits)).toText(12),
    amount: amountText(adjustment.amount, digits),
  };
}

/** Service's adjustments, with the changes of earlier ledgers that they and the units' sum to. */
export function serviceAdjustments(books: Books, digits: number): JsonObject {
  const { amount, sections } = adjustmentsOf(null, books, digits);
  return {
    amount: amountText(amount, digits),
    lines: sections,
    ledgerChanges: books.ledgerChanges.map((change) => ({
      period: change.period,
      amount: amountText(change.amount, digits),
    })),
  };
}

/** Why a unit's charge is parked; null when it is not. */
export function parkedSection(unit: string, books: Books, digits: number): JsonObject | null {
  const reasons = books.parked.filter((parked) => parked.unit === unit);
  if (reasons.length === 0) return null;
  const waiting = books.lines.filter((line) => line.unit === unit && line.treatment === 'parked');
  return {
    amount: amountText(total(waiting), digits),
    reasons: reasons.map(({ bound, why }) => ({ bound, why })),
  };
}
