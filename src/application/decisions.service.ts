import { Injectable } from '@nestjs/common';
import type { DecisionRecord, OwnerRecord } from '../domain/attribution/register.ts';
import { alarms, profitAndLoss, type DecisionDay, type DecisionFigures } from '../domain/decisions/profit-and-loss.ts';
import { Refusal } from '../domain/errors.ts';
import { Fraction } from '../domain/fraction.ts';
import type { Model } from '../domain/model/model.ts';
import { amountText, majorUnits, minorDigits } from '../domain/money.ts';
import { firstDay, lastDay, period as periodOfText, periodOf, type LocalDate, type Period } from '../domain/period.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import {
  companyRow,
  decisionDescription,
  decisionList,
  ownerList,
  watermark,
  type Company,
} from '../persistence/close-inputs.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import {
  bookedDays,
  decisionPools,
  exposureDays,
  ratesBetween,
  refundDays,
  runParts,
  standingRuns,
  type DecisionPool,
  type RunParts,
  type StandingRun,
} from '../persistence/decisions.queries.ts';
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { modelById } from '../persistence/models.queries.ts';
import {
  incrementalFigures,
  NOT_ASKED,
  type IncrementalFigures,
  type IncrementalReport,
} from './decision-incremental.ts';
import { decisionRetention, type DecisionRetention } from './decision-retention.ts';
import { keptOr } from './kept-figures.ts';
import { parseModel } from './model-text.ts';

/** `decision --json` of the interfaces: money as decimal text in reporting currency, counts and rates as decimal text. */
export interface DecisionReport {
  readonly decision: string;
  readonly title: string;
  /** what the register says about it, limits of its data among them */
  readonly description: string | null;
  readonly kind: string;
  readonly effectiveFrom: LocalDate;
  readonly owners: readonly {
    readonly unit: string;
    readonly share: string;
    readonly from: LocalDate;
    readonly to: LocalDate | null;
  }[];
  readonly currency: string;
  readonly from: Period;
  readonly to: Period;
  readonly exposures: string;
  readonly billed: string;
  readonly waived: string;
  readonly refunded: string;
  readonly contacts: { readonly attributed: string; readonly incremental: IncrementalReport };
  readonly cost: { readonly full: string; readonly marginal: string; readonly charged: string };
  readonly retention: readonly DecisionRetention[];
  readonly net: string;
  readonly netWithoutRetention: string;
  readonly breakEvenContactRate: string | null;
  readonly contactRate: string | null;
  readonly contactRateBasis: 'incremental' | 'attributed';
  readonly underWaterSince: LocalDate | null;
  readonly matureUntil: LocalDate;
  readonly alarms: readonly string[];
  readonly daily: readonly {
    readonly date: LocalDate;
    readonly contacts: string;
    /** contacts of its reasons on this day, and those expected without it; null outside the estimate */
    readonly observed: string | null;
    readonly expected: string | null;
    readonly collectedCum: string;
    readonly costCum: string;
    readonly netCum: string;
    readonly mature: boolean;
  }[];
}

/** Kinds of imports that a report reads beside its runs. */
const REPORT_KINDS = [
  ...['contacts', 'exposures', 'revenue', 'units', 'reasons', 'decisions', 'decision_owners'],
  ...['calendar', 'volumes', 'fx'],
];

interface ReportWanted {
  readonly mark: string;
  readonly decision: DecisionRecord;
  readonly owners: readonly OwnerRecord[];
  /** standing ones, at least one */
  readonly runs: readonly StandingRun[];
  readonly company: Company;
  readonly evidence: boolean;
}

/** What each decision really earned or cost (method 5), from the standing runs. */
@Injectable()
export class DecisionsService {
  constructor(private readonly db: Database) {}

  async list(actor: Actor): Promise<DecisionRecord[]> {
    requireRight(actor, 'read_statement');
    return await this.db.books(async (tx) => {
      const mark = await watermark(tx);
      const decisions = await decisionList(tx, mark);
      if (may(actor, 'read_all')) return decisions;
      const own = new Set(
        (await ownerList(tx, mark)).filter((owner) => actor.units.includes(owner.unit)).map((owner) => owner.decision),
      );
      return decisions.filter((decision) => own.has(decision.decision));
    });
  }

  /**
   * @param range.mark imports up to this number; default: all
   * @param range.evidence false leaves out the additional contacts: they take longest
   * @throws Refusal no_such_decision (also for a unit owner's foreign decision), no_run
   */
  async report(
    actor: Actor,
    code: string,
    range: {
      from?: string | undefined;
      to?: string | undefined;
      mark?: string | undefined;
      evidence?: false;
    } = {},
  ): Promise<DecisionReport> {
    requireRight(actor, 'read_statement');
    return await this.db.books(async (tx) => {
      const mark = range.mark ?? (await watermark(tx));
      const decision = (await decisionList(tx, mark)).find((candidate) => candidate.decision === code);
      const owners = (await ownerList(tx, mark)).filter((owner) => owner.decision === code);
      if (!decision || !(may(actor, 'read_all') || owners.some((owner) => actor.units.includes(owner.unit)))) {
        throw new Refusal('no_such_decision', `there is no decision ${code}`, {
          kind: 'not_found',
          next: 'answerable decision --list',
        });
      }
      const from = periodOfText(range.from ?? periodOf(decision.announcedAt ?? decision.effectiveFrom));
      const runs = await standingRuns(tx, from, periodOfText(range.to ?? '2999-12'));
      const last = runs.at(-1);
      if (!last)
        throw new Refusal('no_run', `no period from ${from} on has been closed`, {
          kind: 'not_found',
          next: `answerable close ${from}`,
        });
      const company = (await companyRow(tx))!;
      const touched = { kinds: REPORT_KINDS, from: '0001-01' as Period, to: last.period };
      const basis = {
        subject: `decision ${code}${range.evidence === false ? ' without evidence' : ''}`,
        on: [from, runs.map((run) => run.run_id), company.currency, await touchingMark(tx, mark, touched)],
      };
      // Only what pages ask for again and again; any range may be asked for.
      const keeping = range.from === undefined && range.to === undefined ? 'keep' : 'no';
      const evidence = range.evidence !== false;
      const of = { mark, decision, owners, runs, company, evidence };
      return await keptOr(tx, keeping, basis, () => this.reckon(tx, of));
    });
  }

  /** From the books as they are. */
  private async reckon(tx: Tx, of: ReportWanted): Promise<DecisionReport> {
    const { mark, decision, owners, runs, company } = of;
    const code = decision.decision;
    const last = runs.at(-1)!;
    // Money is counted over the months whose contacts are counted, else a fee would look better than it is.
    const first = runs[0]!.period;
    const digits = minorDigits(company.currency)!;
    const models = new Map<number, Model>();
    for (const run of runs)
      if (!models.has(run.model_id)) models.set(run.model_id, parseModel((await modelById(tx, run.model_id))!.yaml));
    const within = withinDays(models.get(last.model_id)!, code);
    const runIds = runs.map((run) => run.run_id);
    const pools = await decisionPools(tx, code, runIds);
    const days = await decisionDays(tx, {
      code,
      first,
      last: last.period,
      mark,
      currency: company.currency,
      digits,
      pools,
      booked: await bookedDays(tx, code, runIds),
    });
    const parts = await runParts(tx, runIds);
    const inMoney = { code, first, currency: company.currency, digits };
    const retention = decisionRetention(
      runs.map((run) => parts.get(run.run_id)!),
      inMoney,
    );
    const figures = profitAndLoss(days, lastDay(last.period), within, retention.effect);
    const asked = { code, model: models.get(last.model_id)!, last: last.period, mark, keeping: 'keep' as const };
    const incremental = of.evidence ? await incrementalFigures(tx, asked) : NOT_ASKED;
    const rate = speaksOf(incremental, days, figures) ? incremental.contactRate : null;
    const marginal = marginalCost(runs, parts, models, pools, digits);
    const expected =
      decision.expectedContactsPerMonth === null ? null : Fraction.parse(decision.expectedContactsPerMonth);
    const money = (minor: Fraction) => amountText(minor.rounded(), digits);
    return {
      decision: code,
      title: decision.title,
      description: await decisionDescription(tx, code, mark),
      kind: decision.kind,
      effectiveFrom: decision.effectiveFrom,
      owners: owners.map((owner) => ({
        unit: owner.unit,
        share: owner.share.toText(),
        from: owner.validFrom,
        to: owner.validTo,
      })),
      currency: company.currency,
      from: first,
      to: last.period,
      exposures: `${figures.exposures}`,
      billed: money(figures.billed),
      waived: money(figures.waived),
      refunded: money(figures.refunded),
      contacts: { attributed: figures.contacts.toText(6), incremental: incremental.report },
      cost: { full: money(figures.contactCost), marginal: money(marginal), charged: money(chargedOf(pools)) },
      retention: retention.readings,
      net: money(figures.net),
      netWithoutRetention: money(figures.netWithoutRetention),
      breakEvenContactRate: figures.breakEvenContactRate?.toText(6) ?? null,
      contactRate: (rate ?? figures.contactRate)?.toText(6) ?? null,
      contactRateBasis: rate ? 'incremental' : 'attributed',
      underWaterSince: figures.underWaterSince,
      matureUntil: figures.matureUntil,
      alarms: alarms(figures, expected, runs.length),
      daily: dailyText(figures, incremental.daily, [firstDay(first), lastDay(last.period)], money),
    };
  }
}

/** True when the estimate covers all exposures whose days have passed: one rate cannot speak of other hits than the net. */
function speaksOf({ report }: IncrementalFigures, days: readonly DecisionDay[], figures: DecisionFigures): boolean {
  const { from, until } = report;
  const ripe = days.filter((day) => day.exposures > 0n && day.date <= figures.matureUntil);
  return from !== null && until !== null && ripe.every((day) => day.date >= from && day.date <= until);
}

/** Every day with a booking or an expectation; cumulated figures stand until the next booking. */
function dailyText(
  figures: DecisionFigures,
  expectations: IncrementalFigures['daily'],
  [first, last]: readonly [LocalDate, LocalDate],
  money: (minor: Fraction) => string,
): DecisionReport['daily'] {
  const booked = new Map(figures.curve.map((point) => [point.date, point]));
  const days = new Set([...booked.keys(), ...[...expectations.keys()].filter((day) => day >= first && day <= last)]);
  let standing = { collected: Fraction.ZERO, cost: Fraction.ZERO, net: Fraction.ZERO };
  return [...days].sort().map((date) => {
    const point = booked.get(date);
    if (point) standing = point;
    const expectation = expectations.get(date);
    return {
      date,
      contacts: (point?.contacts ?? Fraction.ZERO).toText(6),
      observed: expectation?.observed ?? null,
      expected: expectation?.expected ?? null,
      collectedCum: money(standing.collected),
      costCum: money(standing.cost),
      netCum: money(standing.net),
      mature: date <= figures.matureUntil,
    };
  });
}

/** Longest time that an exposure rule of the model leaves a hit of this decision to cause contacts. */
function withinDays(model: Model, decision: string): number {
  const rules = model.rules.filter((rule) => rule.exposure?.includes(decision) || rule.exposure?.includes('*'));
  return Math.max(0, ...rules.map((rule) => rule.within_days!));
}

function chargedOf(pools: readonly DecisionPool[]): Fraction {
  return Fraction.of(pools.reduce((sum, pool) => sum + BigInt(pool.charged_minor ?? '0'), 0n));
}

interface DaysWanted {
  readonly code: string;
  readonly first: Period;
  readonly last: Period;
  readonly mark: string;
  readonly currency: string;
  readonly digits: number;
  readonly pools: readonly DecisionPool[];
  readonly booked: Awaited<ReturnType<typeof bookedDays>>;
}

async function decisionDays(
  tx: Tx,
  { code, first, last, mark, currency, digits, pools, booked }: DaysWanted,
): Promise<DecisionDay[]> {
  const rates = await ratesBetween(tx, first, last, mark);
  const reporting = (minor: string, from: string, day: LocalDate): Fraction => {
    if (BigInt(minor) === 0n) return Fraction.ZERO;
    const rate = from === currency || from === '' ? Fraction.ONE : rates.get(`${periodOf(day)} ${from}`);
    if (!rate)
      throw new Refusal('fx_rate_missing', `there is no rate of ${from} for ${periodOf(day)}`, {
        next: 'import fx with this period and currency',
      });
    return majorUnits(BigInt(minor), minorDigits(from === '' ? currency : from)!)
      .times(rate)
      .times(10n ** BigInt(digits));
  };
  const days = new Map<LocalDate, DecisionDay>();
  const add = (date: LocalDate, more: Partial<Omit<DecisionDay, 'date'>>) => {
    const kept = days.get(date) ?? {
      date,
      exposures: 0n,
      billed: Fraction.ZERO,
      waived: Fraction.ZERO,
      refunded: Fraction.ZERO,
      contacts: Fraction.ZERO,
      contactCost: Fraction.ZERO,
    };
    days.set(date, {
      date,
      exposures: kept.exposures + (more.exposures ?? 0n),
      billed: kept.billed.plus(more.billed ?? Fraction.ZERO),
      waived: kept.waived.plus(more.waived ?? Fraction.ZERO),
      refunded: kept.refunded.plus(more.refunded ?? Fraction.ZERO),
      contacts: kept.contacts.plus(more.contacts ?? Fraction.ZERO),
      contactCost: kept.contactCost.plus(more.contactCost ?? Fraction.ZERO),
    });
  };
  for (const row of await exposureDays(tx, code, firstDay(first), lastDay(last), mark)) {
    add(row.day, {
      exposures: BigInt(row.exposures),
      billed: reporting(row.billed, row.currency, row.day),
      waived: reporting(row.waived, row.currency, row.day),
    });
  }
  for (const row of await refundDays(tx, code, firstDay(first), lastDay(last), mark))
    add(row.day, { refunded: reporting(row.refunded, row.currency, row.day) });
  // Posted amounts of a month over its contacts by booking day: the curve ends at the posted cost, to the cent.
  for (const [month, cost] of costByMonth(pools)) {
    const own = booked.filter((row) => row.period === month);
    const contacts = own.reduce((sum, row) => sum.plus(Fraction.parse(row.contacts)), Fraction.ZERO);
    for (const row of own) {
      const share = Fraction.parse(row.contacts);
      // A hit of an earlier month books there, unless that month lies before the range.
      const day = row.day < firstDay(first) ? firstDay(first) : row.day;
      add(day, { contacts: share, contactCost: contacts.isZero ? Fraction.ZERO : cost.times(share).over(contacts) });
    }
  }
  return [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

function costByMonth(pools: readonly DecisionPool[]): Map<Period, Fraction> {
  const months = new Map<Period, Fraction>();
  for (const pool of pools)
    months.set(pool.period, (months.get(pool.period) ?? Fraction.ZERO).plus(Fraction.of(BigInt(pool.amount_minor))));
  return months;
}

/** Marginal cost of the contacts: variable cost of the pool ÷ used quantity × their quantity (method 3). */
function marginalCost(
  runs: readonly StandingRun[],
  parts: ReadonlyMap<string, RunParts>,
  models: ReadonlyMap<number, Model>,
  pools: readonly DecisionPool[],
  digits: number,
): Fraction {
  let total = Fraction.ZERO;
  for (const run of runs) {
    const own = pools.filter((pool) => pool.run_id === run.run_id);
    if (own.length === 0) continue;
    for (const pool of own) {
      const figures = parts.get(run.run_id)!.pools.find((candidate) => candidate.pool === pool.pool_code)!;
      const stated = models.get(run.model_id)!.pools.find((candidate) => candidate.code === pool.pool_code)!;
      const used = Fraction.parse(figures.usedSeconds);
      if (used.isZero) continue;
      const variable = Fraction.parse(figures.cost).times(stated.contract ? Fraction.ONE : stated.variable_share);
      total = total.plus(variable.over(used).times(Fraction.parse(pool.seconds)));
    }
  }
  return total.times(10n ** BigInt(digits));
}
