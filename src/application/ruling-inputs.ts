import { Refusal } from '../domain/errors.ts';
import { minorDigits, parseAmount } from '../domain/money.ts';
import type { RuledLine } from '../domain/statements/rulings.ts';
import { companyRow } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import type { IssuedLineRow } from '../persistence/disputes.queries.ts';
import { knownUnits } from '../persistence/users.queries.ts';

/** The reporting currency. */
export interface Money {
  readonly currency: string;
  readonly digits: number;
}

export async function moneyOf(tx: Tx): Promise<Money> {
  const { currency } = (await companyRow(tx))!;
  return { currency, digits: minorDigits(currency)! };
}

const FAULTS = {
  not_decimal: 'is no decimal number',
  too_many_digits: 'has more decimals than the currency',
  too_large: 'is larger than any amount that is taken',
  unknown_currency: 'is in no currency that exists',
} as const;

/** Minor units of amount text. @throws Refusal bad_amount */
export function amountOf(text: string, money: Money): bigint {
  const parsed = parseAmount(text, money.currency);
  if ('minor' in parsed) return parsed.minor;
  throw new Refusal('bad_amount', `"${text}" ${FAULTS[parsed.fault]} (${money.currency})`);
}

/** @throws Refusal reason_missing */
export function requireReason(reason: string, next: string): void {
  if (reason.trim() === '') throw new Refusal('reason_missing', 'it needs a reason', { next });
}

/** @throws Refusal unknown_unit */
export async function requireUnit(tx: Tx, unit: string): Promise<void> {
  const known = await knownUnits(tx);
  if (!known.includes(unit))
    throw new Refusal('unknown_unit', `there is no unit ${unit}`, {
      kind: 'not_found',
      next: 'answerable statements PERIOD',
    });
}

export function ruledLine(row: IssuedLineRow): RuledLine {
  return {
    line: row.line_id,
    unit: row.unit_code,
    chargePeriod: row.charge_period,
    decision: row.decision_code,
    reason: row.reason_code,
    channel: row.channel,
    pool: row.pool_code,
    rule: row.rule,
    tier: row.tier,
    amount: BigInt(row.amount_minor),
  };
}
