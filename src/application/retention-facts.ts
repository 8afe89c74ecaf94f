import type { Register } from '../domain/attribution/register.ts';
import { sha256 } from '../domain/ids.ts';
import { addDays, firstDay, lastDay, type Period } from '../domain/period.ts';
import { dayNumber, daysOf, type CustomerTable } from '../domain/retention/cohort.ts';
import { EPISODE_DAYS } from '../domain/retention/episode.ts';
import type { DueCohort } from '../domain/retention/maturity.ts';
import type { RetentionFacts } from '../domain/retention/period-effects.ts';
import { DAY_SECONDS, resolvedFlags } from '../domain/retention/repeat.ts';
import { cellList, type CellRow } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { likePattern } from '../persistence/like-pattern.ts';
import { customerSegments, namesRenewals, referralEvents, segmentsLike } from '../persistence/retention.queries.ts';
import type { ContactColumns } from '../persistence/retention/contact-history.ts';
import { CustomerKeys } from '../persistence/retention/customer-keys.ts';
import type { DecisionHits } from '../persistence/retention/decision-hits.ts';
import type { StandingCustomers } from '../persistence/retention/standing-customers.ts';
import {
  callersOf,
  contactHistory,
  decisionHits,
  standingCustomers,
} from '../persistence/retention-streams.queries.ts';
import { sortShort } from '../persistence/roll-up/sort-short.ts';
import { ContactOwners } from './contact-owners.ts';
import { cameBy, earningsOf, type RetentionSources } from './customer-earnings.ts';

/** Outcomes, the 182 days of the falsification and the year of the prior value: so far back a cohort looks. */
const LOOK_BACK_DAYS = 182 + 365 + 1;
/** Customers to compare those hit with: drawn, because a hundred thousand say no more than ten. */
const LEAST_COMPARED = 10_000;
const COMPARED_PER_HIT = 10;

/** Reads what the due cohorts need, up to the last day of the period, at the run's watermark. */
export async function retentionFacts(
  tx: Tx,
  sources: RetentionSources,
  cohorts: readonly DueCohort[],
): Promise<RetentionFacts> {
  const { period, mark, register, model } = sources;
  const until = lastDay(period);
  const months = [...new Set(cohorts.map(({ month }) => month))].sort();
  const called = monthsOf(cohorts, 'service');
  const hitIn = monthsOf(cohorts, 'decision');
  const codes = [...register.decisions.keys()];
  const from = addDays(firstDay(months[0]!), -LOOK_BACK_DAYS);
  const dimensions = await cellList(tx);
  const inbound = inboundCells(dimensions);
  const standing = await standingCustomers(tx, mark);
  const hits = await decisionHits(tx, codes, until, mark);
  const samples = await populations(tx, sources, { standing, hits, codes }, hitIn);
  const hitKeys = hits.keysIn(hitIn.map(daysOf));
  const callers = await callersOf(tx, called, inbound, mark);
  const referrals = await referralEvents(tx, addDays(from, -EPISODE_DAYS), until, mark);

  // More than are wanted: some callers' contacts were corrected away, which shows when they are read.
  const first = new CustomerKeys([callers, hitKeys, ...samples.values()]);
  const all = new CustomerKeys([first.sorted, cameBy(referrals, first)]);
  const callersFirst = marked(all, [callers]);
  const history = await contactHistory(
    tx,
    all,
    { callers: callersFirst, inbound, talksFrom: dayNumber(from) - 1 },
    { from: '-infinity', until },
    mark,
  );
  const calledThen = history.callersIn(called.map(daysOf));
  const keys = all.where(marked(all, [hitKeys, ...samples.values()]).map((own, i) => own | calledThen[i]!));
  const number = keys.placesOf(all.sorted);
  const { earnings, referred } = await earningsOf(tx, sources, { all, keys, number, history }, referrals, from);

  const owners = new ContactOwners(model, register);
  const hit = hits.of(keys);
  const caller = history.contactsOf(number.map((own, i) => (calledThen[i] === 1 ? own : -1)));
  const { resolved, reason, reasonParent } = reasonsOf(caller, dimensions, register, daysOf(period).to);
  const [contactCells, hitCells] = [
    once(() => owners.contactCells(caller, dimensions, hit, codes)),
    once(() => owners.hitCells(hit, codes)),
  ];
  const { customer, at, day, cellNo } = caller;
  return {
    customers: await customerTable(tx, sources, standing, keys),
    earnings,
    referrals: referred,
    contacts: {
      ...{ customer, at, day, cellNo, resolved, reason },
      get cell() {
        return contactCells();
      },
    },
    hits: {
      ...hit,
      get cell() {
        return hitCells();
      },
    },
    reasonParent,
    decisions: codes,
    population: (decision, month) => keys.placesOf(samples.get(`${month} ${decision}`) ?? new BigInt64Array()),
    assignees: (_effect, cell) => owners.of(cell),
  };
}

/** What is dear and not always asked for. */
function once<T>(find: () => T): () => T {
  let found: T | undefined;
  return () => (found ??= find());
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

/** Whether each contact resolved, and the level of its reason among all that are known, with the levels above. */
function reasonsOf(
  contacts: Pick<ContactColumns, 'customer' | 'at' | 'cellNo'>,
  dimensions: ReadonlyMap<number, CellRow>,
  register: Register,
  cutOffDay: number,
): { resolved: Int8Array; reason: Int32Array; reasonParent: Int32Array } {
  const { customer, at, cellNo } = contacts;
  const named = [...dimensions.values()].map((cell) => cell.reason_code);
  const codes = [...new Set([...register.reasons.keys(), ...named])].sort();
  const level = new Map(codes.map((code, i) => [code, i + 1]));
  const levelOf = new Int32Array(numbersOf(dimensions));
  for (const [cell, row] of dimensions) levelOf[cell] = level.get(row.reason_code)!;
  const reason = cellNo.map((cell) => levelOf[cell]!);
  // customers are together and their contacts in order of time already
  const order = reason.map((_level, i) => i);
  const byReason = (a: number, b: number): number => reason[a]! - reason[b]! || a - b;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && customer[to] === customer[from]) to++;
    if (to - from > 1) sortShort(order, from, to, byReason);
  }
  const chain = {
    customer: new Int32Array(order.length),
    topic: new Int32Array(order.length),
    startedAt: new Float64Array(order.length),
  };
  for (let o = 0; o < order.length; o++) {
    chain.customer[o] = customer[order[o]!]!;
    chain.topic[o] = reason[order[o]!]!;
    chain.startedAt[o] = at[order[o]!]!;
  }
  const flags = resolvedFlags(chain, cutOffDay * DAY_SECONDS);
  const resolved = new Int8Array(flags.length);
  order.forEach((i, o) => (resolved[i] = flags[o]!));
  const above = codes.map((code) => level.get(register.reasons.get(code)?.parent ?? '') ?? 0);
  return { resolved, reason, reasonParent: Int32Array.from([0, ...above]) };
}
