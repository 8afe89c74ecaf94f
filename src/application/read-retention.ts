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
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { keptOr, type Keeping } from './kept-figures.ts';
import { plain } from './plain.ts';
import { retentionFacts } from './retention-facts.ts';

/** Of every kind that is read, whatever its months: customers' lives are read from their beginning. */
const EVERYTHING = {
  kinds: [
    ...['contacts', 'contact_segments', 'exposures', 'revenue', 'customers', 'fx'],
    ...['units', 'reasons', 'decisions', 'decision_owners'],
  ],
  from: '0001-01' as Period,
  to: '9999-12' as Period,
};

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
    readonly keeping?: Keeping;
  },
): Promise<RetentionInputs | undefined> {
  const policy = of.model.retention;
  if (policy === undefined) return undefined;
  const runs = await retentionRuns(tx, of.runs);
  const since = runs.findLast((run) => run.has_value)?.period ?? addMonths(of.period, -1);
  const cohorts = (['decision', 'service'] as const).flatMap((effect) =>
    dueCohorts(effect, policy.windows_days, since, of.period),
  );
  const { rules, tiers } = of.model;
  const history = await postedBefore(tx, of.runs);
  const basis = {
    subject: `effects on retention of ${of.period}`,
    on: [plain({ rules, tiers, policy, cohorts, history }), of.currency, await touchingMark(tx, of.mark, EVERYTHING)],
  };
  const effects = await keptOr(tx, of.keeping ?? 'no', basis, async () => {
    const readings = {
      windowsDays: policy.windows_days,
      discountRate: policy.discount_rate && Number(policy.discount_rate.toText(12)),
      observedThrough: dayNumber(lastDay(of.period)),
      netProvisional: policy.net_provisional,
      digits: of.digits,
    };
    const facts = await retentionFacts(tx, of, cohorts, readings);
    return periodEffects(facts, cohorts, (effect) => history.filter((row) => row.effect === effect), readings);
  });
  return {
    effects,
    charges: await decisionCharges(tx, of.runs),
    credits: await creditHistory(tx, of.runs),
    onBooks: runs.map((run) => run.period),
  };
}
