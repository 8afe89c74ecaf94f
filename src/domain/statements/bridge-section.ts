import { amountText } from '../money.ts';
import type { Books, Line } from './books.ts';
import { bridge, BRIDGE_STEPS, type BridgeLine } from './bridge.ts';
import { bridgeLines, type DocumentContext, type JsonObject } from './document-context.ts';
import { total } from './pool-posting.ts';

/**
 * What changed and why, from the last period's charge and adjustments to this one's; null without a last period.
 * Corrections are those of this period less those of the last; restated is what this year's standards make of the last
 * period's contacts.
 */
export function bridgeSection(
  unit: string,
  lines: readonly Line[],
  books: Books,
  context: DocumentContext,
): JsonObject | null {
  const issued = context.lastLines?.get(unit) ?? [];
  if (!context.lastLines) return null;
  const restated = context.restatedLines?.get(unit) ?? issued;
  const lastAdjustments = context.lastAdjustments?.get(unit) ?? 0n;
  const adjustments = total(books.adjustments.filter((adjustment) => adjustment.unit === unit));
  const change = bridge(restated, bridgeLines(lines), {
    corrections: adjustments - lastAdjustments,
    restated: charge(restated) - charge(issued),
    digits: context.digits,
  });
  const money = (minor: bigint) => amountText(minor, context.digits);
  return {
    opening: money(change.opening + lastAdjustments),
    ...Object.fromEntries(BRIDGE_STEPS.map((step) => [step, money(change.steps[step])])),
    closing: money(change.closing + lastAdjustments),
  };
}

function charge(lines: readonly BridgeLine[]): bigint {
  return lines.reduce((sum, line) => sum + line.amount, 0n);
}
