import type { Register } from '../domain/attribution/register.ts';
import { sha256 } from '../domain/ids.ts';
import { addDays, firstDay, lastDay, type Period } from '../domain/period.ts';
import { dayNumber, daysOf, type CustomerTable } from '../domain/retention/cohort.ts';
import { EPISODE_DAYS } from '../domain/retention/episode.ts';
import { CohortGroups, type GroupPolicy } from '../domain/retention/cohort-groups.ts';
import type { DueCohort } from '../domain/retention/maturity.ts';
import type { RetentionFacts } from '../domain/retention/period-effects.ts';
import { DAY_SECONDS, resolvedOfTopics } from '../domain/retention/repeat.ts';
import { cellList, type CellRow } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { likePattern } from '../persistence/like-pattern.ts';
import { customerSegments, namesRenewals, referralEvents, segmentsLike } from '../persistence/retention.queries.ts';
import type { IntegerRows } from '../persistence/integer-rows.ts';
import type { ContactColumns } from '../persistence/retention/contact-history.ts';
import { CustomerKeys } from '../persistence/retention/customer-keys.ts';
import { customerSlices, type Slicing } from '../persistence/retention/customer-slices.ts';
import type { DecisionHits } from '../persistence/retention/decision-hits.ts';
import type { StandingCustomers } from '../persistence/retention/standing-customers.ts';
import { callersOf, decisionHits, standingCustomers } from '../persistence/retention-streams.queries.ts';
import { cameBy, CustomerEarnings, revenueReading, type RetentionSources } from './customer-earnings.ts';
import { hitRules, LikeTouches, touchCuts, type CellTouch } from './like-touches.ts';

/** Outcomes, the 182 days of the falsification and the year of the prior value: so far back a cohort looks. */
const LOOK_BACK_DAYS = 182 + 365 + 1;
/** Customers to compare those hit with: drawn, because a hundred thousand say no more than ten. */
const LEAST_COMPARED = 10_000;
const COMPARED_PER_HIT = 10;

/**
 * Reads what the due cohorts need, up to the last day of the period, at the run's watermark. Of the model's rules it asks
 * the hits that exposure rules look for and the days on which a window begins or ends, and nothing else.
 */
export async function retentionFacts(
  tx: Tx,
  sources: RetentionSources,
  cohorts: readonly DueCohort[],
  policy: GroupPolicy,
  slicing?: Slicing,
): Promise<RetentionFacts & { readonly touches: readonly CellTouch[] }> {
  const { period, mark, register, model } = sources;
  const until = lastDay(period);
  const months = [...new Set(cohorts.map(({ month }) => month))].sort();
  const called = monthsOf(cohorts, 'service');
  const hitIn = monthsOf(cohorts, 'decision');
  const decisions = [...register.decisions.keys()];
  const from = addDays(firstDay(months[0]!), -LOOK_BACK_DAYS);
  const dimensions = await cellList(tx);
  const inbound = inboundCells(dimensions);
  const referrals = await referralEvents(tx, addDays(from, -EPISODE_DAYS), until, mark);
  const { all, callers, compared, hits, population, customers } = await knownCustomers(tx, sources, {
    ...{ called, hitIn, decisions, inbound, referrals },
  });
  const groups = new CohortGroups({ customers, hits, decisions, population }, cohorts, policy);
  const reasons = reasonLevels(dimensions, register);
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
  const like = new LikeTouches(hitRules(model), decisions, touchCuts(sources));
  return {
    customers,
    groups,
    referrals: earned.referred(),
    reasonParent: reasons.parent,
    touches: like.touches,
    likeTouches: (effect, { of, ...instants }) =>
      effect === 'service'
        ? like.contacts({ ...instants, cellNo: of }, hits)
        : like.hits({ ...instants, decision: of }),
  };
}

/**
 * Everybody who may be looked at, with what is known of them before their contacts and margins are read: those who
 * called, those hit, those to compare these with, and whom any of these referred.
 */
async function knownCustomers(
  tx: Tx,
  sources: RetentionSources,
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
  const standing = await standingCustomers(tx, mark);
  const hits = await decisionHits(tx, decisions, lastDay(period), mark);
  const samples = await populations(tx, sources, { standing, hits, codes: decisions }, hitIn);
  const hitKeys = hits.keysIn(hitIn.map(daysOf));
  // More than are wanted: some callers' contacts were corrected away, which shows when they are read.
  const callers = await callersOf(tx, called, inbound, mark);
  const first = new CustomerKeys([callers, hitKeys, ...samples.values()]);
  const all = new CustomerKeys([first.sorted, cameBy(referrals, first)]);
  return {
    all,
    /** 1 by number */
    callers: marked(all, [callers]),
    compared: marked(all, [hitKeys, ...samples.values()]),
    hits: hits.of(all),
    population: (decision: string, month: Period): Int32Array =>
      all.placesOf(samples.get(`${month} ${decision}`) ?? new BigInt64Array()),
    customers: await customerTable(tx, sources, standing, all),
  };
}

function monthsOf(cohorts: readonly DueCohort[], effect: DueCohort['effect']): Period[] {
  return cohorts.filter((cohort) => cohort.effect === effect).map(({ month }) => month);
}

/** How long an array is that has a place for every number of a cell. */
function numbersOf(dimensions: ReadonlyMap<number, CellRow>): number {
  return [...dimensions.keys()].reduce((most, cell) => Math.max(most, cell), 0) + 1;
}

/** 1 for cells whose contacts open episodes: outbound contacts open none. */
function inboundCells(dimensions: ReadonlyMap<number, CellRow>): Uint8Array {
  const inbound = new Uint8Array(numbersOf(dimensions));
  for (const [cell, { direction }] of dimensions) if (direction !== 'outbound') inbound[cell] = 1;
  return inbound;
}

/** 1 for the customers that a list names, by number. */
function marked(customers: CustomerKeys, lists: readonly BigInt64Array[]): Uint8Array {
  const flags = new Uint8Array(customers.count);
  for (const list of lists) for (const place of customers.placesOf(list)) flags[place] = 1;
  return flags;
}

/** Keys of the comparison customers by `month decision`, for decisions that hit anybody in the month. */
async function populations(
  tx: Tx,
  { register }: RetentionSources,
  from: { readonly standing: StandingCustomers; readonly hits: DecisionHits; readonly codes: readonly string[] },
  months: readonly Period[],
): Promise<ReadonlyMap<string, BigInt64Array>> {
  const { standing, hits, codes } = from;
  const samples = new Map<string, BigInt64Array>();
  for (const month of months) {
    for (const [d, code] of codes.entries()) {
      const hit = hits.countOf(d, daysOf(month));
      if (hit === 0) continue;
      const patterns = register.decisions.get(code)!.selector?.segment?.map(likePattern);
      const segments = patterns ? await segmentsLike(tx, standing.segments, patterns) : null;
      const name = `${month} ${code}`;
      const draw = {
        from: BigInt.asIntN(64, BigInt(`0x${sha256(name).slice(0, 16)}`)),
        most: Math.max(LEAST_COMPARED, COMPARED_PER_HIT * hit),
      };
      samples.set(name, standing.drawn(segments, draw, daysOf(month).from));
    }
  }
  return samples;
}

async function customerTable(
  tx: Tx,
  { mark }: RetentionSources,
  standing: StandingCustomers,
  keys: CustomerKeys,
): Promise<CustomerTable> {
  const traits = standing.traitsOf(keys, await customerSegments(tx, mark));
  const { joinedOn, leftOn, segment, monthlyMargin: margin } = traits;
  // Renewals are how a company's contracts show in its revenue: where there are any, events tell it all.
  const renewals = await namesRenewals(tx, mark);
  return {
    ...{ joinedOn, leftOn, segment },
    monthlyMargin: margin.map((own) => Math.max(0, own)),
    byEvents: Uint8Array.from(margin, (own) => (renewals || own < 0 ? 1 : 0)),
  };
}

/** Level of each cell's reason among all that are known, by number of the cell, with the levels above. */
function reasonLevels(dimensions: ReadonlyMap<number, CellRow>, register: Register) {
  const named = [...dimensions.values()].map((cell) => cell.reason_code);
  const codes = [...new Set([...register.reasons.keys(), ...named])].sort();
  const level = new Map(codes.map((code, i) => [code, i + 1]));
  const levelOf = new Int32Array(numbersOf(dimensions));
  for (const [cell, row] of dimensions) levelOf[cell] = level.get(row.reason_code)!;
  const above = codes.map((code) => level.get(register.reasons.get(code)?.parent ?? '') ?? 0);
  return { levelOf, parent: Int32Array.from([0, ...above]) };
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
