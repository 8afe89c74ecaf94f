import type { Register } from '../domain/attribution/register.ts';
import type { Model } from '../domain/model/model.ts';
import { addMonths, type Period } from '../domain/period.ts';
import { dayNumber } from '../domain/retention/cohort.ts';
import { dueCohorts, type DueCohort } from '../domain/retention/maturity.ts';
import type { Assignee } from '../domain/retention/apportioned-effect.ts';
import type { EffectKind } from '../domain/retention/effect.ts';
import { periodEffects, type PeriodEffects } from '../domain/retention/period-effects.ts';
import { lastDay } from '../domain/period.ts';
import { distinctionsOf } from '../domain/statements/distinctions.ts';
import type { RetentionInputs } from '../domain/statements/retention-books.ts';
import { cellList } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { creditHistory, decisionCharges, postedBefore, retentionRuns } from '../persistence/retention.queries.ts';
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { ContactOwners } from './contact-owners.ts';
import type { LookAtCustomers } from './customer-days.ts';
import { kindColumns } from './cells-at.ts';
import { keptOr, type Keeping } from './kept-figures.ts';
import { coarseTouches, hitRules, touchCuts } from './like-touches.ts';
import { plain } from './plain.ts';
import { effectsByThread, threadsFor, worthAThread } from './effects-thread.ts';
import { retentionFacts, type FactsSources } from './retention-facts.ts';
import {
  toldEffects,
  weightsOf,
  weightTexts,
  type EffectSources,
  type GroupsOf,
  type ToldEffects,
} from './told-effects.ts';

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
 * @param of.look sees all customers and hits where the facts are read
 * @param of.whileTold hears that the facts are read and another thread tells what they say: the database is free meanwhile
 * @param of.threadFrom with how many customers there is such a thread; absent: where it is worth one
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
    readonly look?: LookAtCustomers;
    readonly whileTold?: () => void;
    readonly threadFrom?: number;
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
  const effects = await effectsAt(tx, { ...of, policy, keeping: of.keeping ?? 'no' }, cohorts, history);
  return {
    effects,
    charges: await decisionCharges(tx, of.runs),
    credits: await creditHistory(tx, of.runs),
    onBooks: runs.map((run) => run.period),
  };
}

/**
 * The effects by what is kept, level by level: a share, a taker or the order of rules leaves the weights by coarse touches,
 * patterns that are new leave those by the touches of cells, and only what these rest on reads the facts anew.
 */
async function effectsAt(
  tx: Tx,
  of: FactsSources & {
    readonly policy: NonNullable<Model['retention']>;
    readonly digits: number;
    readonly keeping: Keeping;
    readonly whileTold?: () => void;
    readonly threadFrom?: number;
  },
  cohorts: readonly DueCohort[],
  history: Awaited<ReturnType<typeof postedBefore>>,
): Promise<PeriodEffects> {
  const { period, mark, model, register, policy, digits, keeping } = of;
  const { rules, tiers } = model;
  const cuts = touchCuts(of);
  const by = distinctionsOf(model, register);
  const before = (effect: EffectKind) => history.filter((row) => row.effect === effect);
  const ofCells = {
    subject: `effects on retention by cell of ${period}`,
    on: [
      'with their cells',
      plain({ policy, cohorts, history, exposures: hitRules(model), cuts }),
      of.currency,
      await touchingMark(tx, mark, EVERYTHING),
    ],
  };
  const coarse = {
    subject: `effects on retention by like contacts of ${period}`,
    on: [...ofCells.on, plain(by)],
  };
  const whole = { subject: `effects on retention of ${period}`, on: [...coarse.on, plain({ rules, tiers })] };
  const fromCells = async () => {
    const readings = {
      windowsDays: policy.windows_days,
      discountRate: policy.discount_rate && Number(policy.discount_rate.toText(12)),
      observedThrough: dayNumber(lastDay(period)),
      netProvisional: policy.net_provisional,
      digits,
    };
    const { groups, customers, referrals, reasonParent, like, hits } = await retentionFacts(tx, of, cohorts, readings);
    const known = { decision: before('decision'), service: before('service') };
    const sources = { customers, referrals, reasonParent, like, hits, cohorts, before: known, policy: readings };
    const effects = await told(tx, sources, (cohort) => groups.of(cohort), of);
    const cells = new Set(effects.touches.flatMap((touch) => ('cellNo' in touch ? [touch.cellNo] : [])));
    const kinds = kindColumns([...(await cellList(tx, [...cells])).values()]);
    return { ...effects, kinds };
  };
  const fromCoarse = async () => {
    const fine = await keptOr(tx, keeping, ofCells, fromCells);
    const effects = coarseTouches({ ...fine, weights: weightsOf(fine) }, by, cuts);
    return { ...effects, weights: weightTexts(effects) };
  };
  return await keptOr(tx, keeping, whole, async () => {
    const { touches, ...texts } = await keptOr(tx, keeping, coarse, fromCoarse);
    const unshared = { ...texts, weights: weightsOf(texts) };
    const owners = new ContactOwners(model, register);
    const known: (readonly Assignee[] | undefined)[] = [];
    return periodEffects(unshared, before, (number) => (known[number] ??= owners.of(touches[number]!)), digits);
  });
}

async function told(
  tx: Tx,
  sources: EffectSources,
  groupsOf: GroupsOf,
  { threadFrom, whileTold }: { readonly threadFrom?: number; readonly whileTold?: () => void },
): Promise<ToldEffects> {
  const customers = sources.customers.joinedOn.length;
  if (!(threadFrom === undefined ? worthAThread(customers, threadsFor(tx)) : customers >= threadFrom))
    return toldEffects(sources, groupsOf);
  const effects = effectsByThread(sources, groupsOf);
  whileTold?.();
  return await effects;
}
