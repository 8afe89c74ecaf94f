import type { Register } from '../domain/attribution/register.ts';
import type { Model } from '../domain/model/model.ts';
import { addMonths, type Period } from '../domain/period.ts';
import { dayNumber } from '../domain/retention/cohort.ts';
import { dueCohorts } from '../domain/retention/maturity.ts';
import { periodEffects } from '../domain/retention/period-effects.ts';
import { lastDay } from '../domain/period.ts';
import type { RetentionInputs } from '../domain/statements/retention-books.ts';
import type { Tx } from '../persistence/database.ts';
import { creditHistory, decisionCharges, postedBefore, retentionRuns } from '../persistence/retention.queries.ts';
import { retentionFacts } from './retention-facts.ts';

/**
 * What a period says of retention (method 7): cohorts of which something became known since the last run, read from the
 * facts up to the period's last day, less what earlier runs posted.
 * @param of.runs standing runs of earlier periods, frozen with the close
 * @returns undefined where the model has no retention section
 * @throws Refusal duplicate_credit, margin_unknown, discount_rate_required
 */
export async function readRetention(
  tx: Tx,
  of: {
    readonly period: Period;
    readonly mark: string;
    readonly model: Model;
    readonly register: Register;
    readonly currency: string;
    readonly digits: number;
    readonly runs: readonly string[];
  },
): Promise<RetentionInputs | undefined> {
  const policy = of.model.retention;
  if (policy === undefined) return undefined;
  const runs = await retentionRuns(tx, of.runs);
  const since = runs.findLast((run) => run.has_value)?.period ?? addMonths(of.period, -1);
  const cohorts = (['decision', 'service'] as const).flatMap((effect) =>
    dueCohorts(effect, policy.windows_days, since, of.period),
  );
  const history = await postedBefore(tx, of.runs);
  const facts = await retentionFacts(tx, of, cohorts);
  const effects = periodEffects(facts, cohorts, (effect) => history.filter((row) => row.effect === effect), {
    windowsDays: policy.windows_days,
    discountRate: policy.discount_rate && Number(policy.discount_rate.toText(12)),
    observedThrough: dayNumber(lastDay(of.period)),
    netProvisional: policy.net_provisional,
    digits: of.digits,
  });
  return {
    effects,
    charges: await decisionCharges(tx, of.runs),
    credits: await creditHistory(tx, of.runs),
    onBooks: runs.map((run) => run.period),
  };
}
