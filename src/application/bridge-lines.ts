import { Fraction } from '../domain/fraction.ts';
import type { BridgeLine } from '../domain/statements/bridge.ts';
import type { LineRow } from '../persistence/runs.queries.ts';

/** Charged lines of a run by unit, as the bridge reads them. */
export function bridgeLinesByUnit(lines: readonly LineRow[]): Map<string, BridgeLine[]> {
  const byUnit = new Map<string, BridgeLine[]>();
  for (const line of lines) {
    if (line.treatment !== 'charged') continue;
    const own = byUnit.get(line.unit_code) ?? [];
    byUnit.set(line.unit_code, own);
    own.push({
      decision: line.decision_code,
      reason: line.reason_code,
      channel: line.channel,
      pool: line.pool_code,
      contacts: Fraction.parse(line.contacts),
      seconds: Fraction.parse(line.seconds),
      amount: BigInt(line.amount_minor),
    });
  }
  return byUnit;
}
