import { Fraction } from '../fraction.ts';
import type { Model, Pool } from '../model/model.ts';
import type { BridgeLine } from './bridge.ts';
import type { Standards } from './standards.ts';

/** Standards that finance set for a period: seconds by pool and reason, rate by pool. */
export interface SetStandards {
  readonly model: Model;
  readonly standards: Standards;
}

/**
 * The last period's lines at this period's standards (method 3): contacts at the seconds and the rate that finance set
 * now, where both periods were charged by a set standard and it was changed. What was derived moves with the facts and
 * is no restatement.
 * @param digits minor-unit digits of the currency
 */
export function restatedLines(
  lines: readonly BridgeLine[],
  last: SetStandards,
  now: SetStandards,
  digits: number,
): BridgeLine[] {
  return lines.map((line) => {
    const [before, after] = [figuresOf(line, last), figuresOf(line, now)];
    const isSet = before && after && line.reason !== null && !line.contacts.isZero;
    if (!isSet || (before.seconds.equals(after.seconds) && before.rate.equals(after.rate))) return line;
    const seconds = line.contacts.times(after.seconds);
    return {
      ...line,
      seconds,
      amount: seconds
        .times(after.rate)
        .times(10n ** BigInt(digits))
        .rounded(),
    };
  });
}

/** Set seconds of a contact after concurrency, and the set rate in currency units; undefined: one of them is not set. */
function figuresOf(
  line: BridgeLine,
  { model, standards }: SetStandards,
): { seconds: Fraction; rate: Fraction } | undefined {
  if (model.charging.basis !== 'standard' || line.reason === null) return undefined;
  const pool = model.pools.find((candidate) => candidate.code === line.pool);
  if (pool?.driver !== 'handle_seconds') return undefined;
  const seconds = standards.standardSeconds(pool.code, line.reason);
  const rate = setRate(pool, model);
  return seconds?.source === 'stated' && rate ? { seconds: seconds.seconds.over(pool.concurrency), rate } : undefined;
}

function setRate(pool: Pool, model: Model): Fraction | undefined {
  return model.charging.standard_rates.get(pool.code) ?? pool.contract?.per_minute?.over(60n);
}
