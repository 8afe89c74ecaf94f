import type { Register } from '../domain/attribution/register.ts';
import { sha256 } from '../domain/ids.ts';
import { addDays, firstDay, lastDay, type Period } from '../domain/period.ts';
import { dayNumber, daysOf, type CustomerTable } from '../domain/retention/cohort.ts';
import { EPISODE_DAYS } from '../domain/retention/episode.ts';
import { CohortGroups, type GroupPolicy } from '../domain/retention/cohort-groups.ts';
import type { DueCohort } from '../domain/retention/maturity.ts';
import { DAY_SECONDS, resolvedOfTopics } from '../domain/retention/repeat.ts';
import type { Tx } from '../persistence/database.ts';
import { likePattern } from '../persistence/like-pattern.ts';
import {
  cellsByReason,
  namesRenewals,
  segmentsInOrder,
  segmentsLike,
  type ReasonCells,
} from '../persistence/retention.queries.ts';
import type { IntegerRows } from '../persistence/integer-rows.ts';
import type { ContactColumns } from '../persistence/retention/contact-history.ts';
import { customerSlices, type Slicing } from '../persistence/retention/customer-slices.ts';
import type { CustomersInOrder, CustomerTraits } from '../persistence/retention/customers-in-order.ts';
import { customersInOrder, referralEvents } from '../persistence/retention-streams.queries.ts';
import { CustomerEarnings, referredKeys, revenueReading, type RetentionSources } from './customer-earnings.ts';
import type { LookAtCustomers } from './customer-days.ts';
import { hitRules, touchCuts } from './like-touches.ts';
import type { EffectSources } from './told-effects.ts';

/** Outcomes, the 182 days of the falsification and the year of the prior value: so far back a cohort looks. */
const LOOK_BACK_DAYS = 182 + 365 + 1;
/** Customers to compare those hit with: drawn, because a hundred thousand say no more than ten. */
const LEAST_COMPARED = 10_000;
const COMPARED_PER_HIT = 10;

export interface FactsSources extends RetentionSources {
  readonly look?: LookAtCustomers | undefined;
}

/** Facts with the names of what they number. */
export interface NamedFacts extends Pick<EffectSources, 'customers' | 'referrals' | 'reasonParent' | 'like' | 'hits'> {
  readonly groups: CohortGroups;
  /** in the order of their numbers, from 1 */
  readonly segments: readonly string[];
  readonly reasons: readonly string[];
}

/**
 * Reads what the due cohorts need, up to the last day of the period, at the run's watermark. Of the model's rules it asks
 * the hits that exposure rules look for and the days on which a window begins or ends, and nothing else.
 */
export async function retentionFacts(
  tx: Tx,
  sources: FactsSources,
  cohorts: readonly DueCohort[],
  policy: GroupPolicy,
  slicing?: Slicing,
): Promise<NamedFacts> {
  const { period, mark, register, model } = sources;
  const until = lastDay(period);
  const months = [...new Set(cohorts.map(({ month }) => month))].sort();
  const called = monthsOf(cohorts, 'service');
  const hitIn = monthsOf(cohorts, 'decision');
  const decisions = [...register.decisions.keys()];
  const from = addDays(firstDay(months[0]!), -LOOK_BACK_DAYS);
  const cells = await cellsByReason(tx);
  const inbound = inboundCells(cells);
  const referrals = await referralEvents(tx, addDays(from, -EPISODE_DAYS), until, mark);
  const { all, callers, compared, hits, population, customers, segments } = await knownCustomers(tx, sources, {
    ...{ called, hitIn, decisions, inbound, referrals },
  });
  const groups = new CohortGroups({ customers, hits, decisions, population }, cohorts, policy);
  const reasons = reasonLevels(cells, register);
  const reading = await revenueReading(tx, sources, from);
  const earned = new CustomerEarnings(sources, all, referrals);
  const kept = { callers, inbound, talksFrom: dayNumber(from) - 1 };
  const cutOff = daysOf(period).to * DAY_SECONDS;
  for await (const slice of customerSlices(tx, all, kept, '-infinity', reading, slicing)) {
    const { range, contacts } = slice;
    const calledThen = contacts.callersIn(called.map(daysOf));
    const own = contacts.contactsOf(calledThen);
    const asked = calledThen.map((flag, c) => flag | compared[range.from + c]!);
    groups.take({
      to: range.to,
      contacts: { ...own, ...resolutionOf(own, reasons, cutOff) },
      earnings: await earned.of(slice, asked),
    });
  }
  return {
    ...{ customers, segments, groups, reasons: reasons.codes, hits },
    referrals: earned.referred(),
    reasonParent: reasons.parent,
    like: { rules: hitRules(model), decisions, cuts: touchCuts(sources) },
  };
}

/**
 * Everybody who may be looked at, with what is known of them before their contacts and margins are read: those who
 * called, those hit, those to compare these with, and whom any of these referred.
 */
async function knownCustomers(
  tx: Tx,
  sources: FactsSources,
  of: {
    readonly called: readonly Period[];
    readonly hitIn: readonly Period[];
    readonly decisions: readonly string[];
    readonly inbound: Uint8Array;
    readonly referrals: IntegerRows;
  },
) {
  const { period, mark } = sources;
  const { called, hitIn, decisions, inbound, referrals } = of;
  const { customers, segments: names } = await customersInOrder(tx, {
    ...{ until: lastDay(period), mark, decisions, called, inbound },
    referrals: { by: referrals.key, came: referredKeys(referrals) },
  });
  await sources.look?.(tx, customers, names);
  const samples = await populations(tx, sources, customers, names, decisions, hitIn);
  const compared = new Uint8Array(customers.count);
  customers.hits.flag(compared, hitIn.map(daysOf));
  for (const sample of samples.values()) for (const number of sample) compared[number] = 1;
  const wanted = compared.slice();
  for (let number = 0; number < wanted.length; number++) if (customers.callers[number] === 1) wanted[number] = 1;
  const first = wanted.slice();
  customers.by.forEach((number, i) => first[number] === 1 && (wanted[customers.came[i]!] = 1));
  const segments = await segmentsInOrder(tx, names);
  const { keys, traits, hits, callers, placeOf } = customers.chosen(wanted, segments);
  for (const sample of samples.values()) for (let i = 0; i < sample.length; i++) sample[i] = placeOf[sample[i]!]!;
  return {
    all: keys,
    callers,
    compared: flagsOf(compared, placeOf, keys.count),
    hits,
    population: (decision: string, month: Period): Int32Array =>
      samples.get(`${month} ${decision}`) ?? new Int32Array(),
    segments,
    customers: await customerTable(tx, mark, traits),
  };
}

function monthsOf(cohorts: readonly DueCohort[], effect: DueCohort['effect']): Period[] {
  return cohorts.filter((cohort) => cohort.effect === effect).map(({ month }) => month);
}

/** How long an array is that has a place for every number of a cell. */
function cellNumbers(known: readonly ReasonCells[]): number {
  return 1 + known.reduce((most, { cells }) => cells.reduce((own, cell) => Math.max(own, cell), most), 0);
}

/** 1 for cells whose contacts open episodes. */
function inboundCells(known: readonly ReasonCells[]): Uint8Array {
  const inbound = new Uint8Array(cellNumbers(known));
  for (const { is_inbound, cells } of known) if (is_inbound) for (const cell of cells) inbound[cell] = 1;
  return inbound;
}

/** Flags of some customers by their places. @param placeOf by number, -1: not one of them */
function flagsOf(flags: Uint8Array, placeOf: Int32Array, count: number): Uint8Array {
  const own = new Uint8Array(count);
  for (let number = 0; number < placeOf.length; number++)
    if (placeOf[number]! >= 0) own[placeOf[number]!] = flags[number]!;
  return own;
}

/** Numbers of the comparison customers by `month decision`, for decisions that hit anybody in the month. */
async function populations(
  tx: Tx,
  { register }: RetentionSources,
  customers: CustomersInOrder,
  names: readonly string[],
  codes: readonly string[],
  months: readonly Period[],
): Promise<ReadonlyMap<string, Int32Array>> {
  const samples = new Map<string, Int32Array>();
  for (const month of months) {
    const days = daysOf(month);
    for (const [d, hit] of customers.hits.countsIn(days).entries()) {
      if (hit === 0) continue;
      const code = codes[d]!;
      const patterns = register.decisions.get(code)!.selector?.segment?.map(likePattern);
      const segments = patterns ? await segmentsLike(tx, names, patterns) : null;
      const name = `${month} ${code}`;
      const draw = {
        from: BigInt.asIntN(64, BigInt(`0x${sha256(name).slice(0, 16)}`)),
        most: Math.max(LEAST_COMPARED, COMPARED_PER_HIT * hit),
      };
      samples.set(name, customers.drawn(segments, draw, days.from));
    }
  }
  return samples;
}

async function customerTable(tx: Tx, mark: string, traits: CustomerTraits): Promise<CustomerTable> {
  const { monthlyMargin } = traits;
  // Renewals are how a company's contracts show in its revenue: where there are any, events tell it all.
  const renewals = await namesRenewals(tx, mark);
  const byEvents = new Uint8Array(monthlyMargin.length);
  for (let customer = 0; customer < byEvents.length; customer++) {
    if (renewals || monthlyMargin[customer]! < 0) byEvents[customer] = 1;
    monthlyMargin[customer] = Math.max(0, monthlyMargin[customer]!);
  }
  return { ...traits, byEvents };
}

/** Level of each cell's reason among all that are known, by number of the cell, with the codes and the levels above. */
function reasonLevels(known: readonly ReasonCells[], register: Register) {
  const named = known.map(({ reason_code }) => reason_code);
  const codes = [...new Set([...register.reasons.keys(), ...named])].sort();
  const level = new Map(codes.map((code, i) => [code, i + 1]));
  const levelOf = new Int32Array(cellNumbers(known));
  for (const { reason_code, cells } of known) for (const cell of cells) levelOf[cell] = level.get(reason_code)!;
  const above = codes.map((code) => level.get(register.reasons.get(code)?.parent ?? '') ?? 0);
  return { codes, levelOf, parent: Int32Array.from([0, ...above]) };
}

/** Whether each contact resolved, and the level of its reason. @param cutOff epoch seconds */
function resolutionOf(
  { customer, at, cellNo }: ContactColumns,
  { levelOf, parent }: ReturnType<typeof reasonLevels>,
  cutOff: number,
): { resolved: Int8Array; reason: Int32Array } {
  const reason = new Int32Array(cellNo.length);
  for (let i = 0; i < reason.length; i++) reason[i] = levelOf[cellNo[i]!]!;
  return { resolved: resolvedOfTopics({ customer, topic: reason, startedAt: at }, parent.length, cutOff), reason };
}
