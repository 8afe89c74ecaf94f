import { euros } from './amounts.ts';
import type { World } from './world.ts';
import type { FileCount } from './csv-file.ts';
import { POOLS, type ContactSums } from './contact-sums.ts';
import { customersByDay } from './company-files.ts';
import type { CustomerPass } from './customer-pass.ts';
import type { ExposureRows, RevenueRows } from './money-rows.ts';
import type { BooksOfTheDemo } from './books.ts';
import { REVENUE_KINDS } from './revenue-events.ts';

/** Keys of truth.json, shown by `generate --help`. `*` stands for a code, a period or a place in a list. */
export const TRUTH_KEYS: readonly { readonly key: string; readonly meaning: string }[] = [
  { key: 'seed', meaning: 'the seed' },
  { key: 'options', meaning: 'the options as they were used, defaults written out' },
  { key: 'span', meaning: 'first and last period, days, time zone' },
  { key: 'files', meaning: 'name, rows, bytes and SHA-256 of every file' },
  { key: 'customers', meaning: 'all customers; active ones on the first and the last day' },
  { key: 'contacts.total', meaning: 'contacts; without customer, without handle time, tagged, escalated, transferred' },
  { key: 'contacts.handleSeconds', meaning: 'sum of the handle times that are stated' },
  { key: 'contacts.byPool.*', meaning: 'contacts that each handling pool takes' },
  { key: 'contacts.byReason.*', meaning: 'contacts of each reason' },
  {
    key: 'contacts.avoidableRepeats',
    meaning: 'same customer and reason, or same case, within 7 days after a contact that was not escalated',
  },
  { key: 'ledger.total.*', meaning: 'sum of the ledger by currency' },
  { key: 'ledger.byPool.*', meaning: 'the same by pool, before support is allocated' },
  { key: 'capacity.*', meaning: 'practical and used seconds by pool and period; missing handle times as the standard' },
  { key: 'overCapacity', meaning: 'pools and periods with more used than practical seconds' },
  { key: 'exposures', meaning: 'hits, billed and waived amounts' },
  { key: 'revenue.*', meaning: 'events, amounts and stated margins by kind' },
  { key: 'outlier', meaning: 'day and factor of the outlying day' },
  { key: 'lift', meaning: 'the decision whose step in contacts `--lift` plants, and the step' },
  { key: 'doesNothing', meaning: 'the decision without any effect' },
  { key: 'underWater', meaning: 'the one decision that costs more than it nets' },
  {
    key: 'decisions.*.effect',
    meaning: 'planted: contacts of its reasons above their background, as a share; 0 = none',
  },
  {
    key: 'decisions.*.incremental',
    meaning: 'contacts that the decision caused: first contacts, their repeats, both; how many have no customer',
  },
  { key: 'decisions.*.byMonth', meaning: 'first contacts, repeats and their standard cost by month of the contact' },
  {
    key: 'decisions.*.standardCost',
    meaning: 'standard seconds × standard rates of the first contacts, and of the repeats',
  },
  {
    key: 'decisions.*.money',
    meaning:
      'fee: hits, billed, waived, refunded, collected, net after the contacts that it answers for (all that it caused but avoidable repeats and transfers, which service keeps), net after all',
  },
  {
    key: 'decisions.*.breakEven',
    meaning: 'fee: contacts per hit at which it earns nothing, and contacts per hit that it answers for',
  },
  {
    key: 'decisions.*.underWaterSince',
    meaning:
      'fee: first day of the last spell with collected less standard cost of the contacts that it answers for below zero, cumulated, both on the day of the hit, refunds on their own',
  },
  { key: 'decisions.*.underWaterSinceOfAll', meaning: 'fee: the same with the cost of all contacts that it caused' },
  {
    key: 'decisions.*.daily',
    meaning:
      'fee: date, hits, billed, waived, refunded, contacts that it answers for, their cost, cost that service keeps',
  },
  {
    key: 'retention.service',
    meaning:
      'margin that a resolved first contact (no repeat in 7 days) keeps, against an unresolved one, from day 8 on: expected value per customer at 30, 182, 548 days, of customers whose window is fully observed; by month of the contact',
  },
  {
    key: 'retention.fee',
    meaning: 'the same for the first hit by the fee, against customers who are never hit (negative: damage)',
  },
  { key: 'retention.feeAgainstLater', meaning: 'the same against customers who may be hit later, as they are' },
];

export interface Truth {
  readonly [key: string]: unknown;
}

export interface TruthParts {
  readonly world: World;
  readonly options: Readonly<Record<string, unknown>>;
  readonly files: readonly FileCount[];
  readonly pass: CustomerPass;
  readonly contacts: ContactSums;
  readonly exposures: ExposureRows;
  readonly revenue: RevenueRows;
  readonly books: BooksOfTheDemo;
  readonly lift: number;
  readonly outlier: number;
}

export function truthOf(parts: TruthParts): Truth {
  const { world, pass, contacts, exposures, revenue, books } = parts;
  const { span, arrivals } = world;
  const base = customersByDay(pass)[0]!;
  const capacity: Record<string, Record<string, { practicalSeconds: number; usedSeconds: number }>> = {};
  for (const { pool, period, practicalSeconds, usedSeconds } of books.poolMonths) {
    (capacity[pool] ??= {})[period] = {
      practicalSeconds: rounded(practicalSeconds),
      usedSeconds: rounded(usedSeconds),
    };
  }
  return {
    seed: world.seed,
    options: parts.options,
    span: {
      from: span.periods[0],
      to: span.periods[span.periods.length - 1],
      months: span.periods.length,
      days: span.days,
      timeZone: 'Europe/Berlin',
    },
    files: parts.files,
    customers: { total: pass.customers, activeAtStart: base[0], activeAtEnd: base[base.length - 1] },
    contacts: {
      total: contacts.total,
      withoutCustomer: contacts.withoutCustomer,
      withoutHandleTime: contacts.withoutHandleTime,
      handleSeconds: contacts.handleSeconds,
      tagged: contacts.tagged,
      escalated: contacts.escalated,
      transferred: contacts.transferred,
      avoidableRepeats: pass.avoidableRepeats,
      byPool: Object.fromEntries(POOLS.map((pool, p) => [pool, total(contacts.contactsByPool[p]!)])),
      byReason: Object.fromEntries(arrivals.reasons.map(({ code }, r) => [code, total(contacts.byReason[r]!)])),
    },
    ledger: {
      total: mapped(books.ledgerCents, euros),
      byPool: mapped(books.ledgerCentsByPool, (cents) => mapped(cents, euros)),
    },
    capacity,
    overCapacity: books.poolMonths
      .filter(({ practicalSeconds, usedSeconds }) => usedSeconds > practicalSeconds)
      .map(({ pool, period }) => ({ pool, period })),
    exposures: {
      events: total(exposures.hits),
      billed: euros(total(exposures.billedCents)),
      waived: euros(total(exposures.waivedCents)),
    },
    revenue: Object.fromEntries(
      REVENUE_KINDS.map((kind, k) => {
        const { events, cents, marginCents } = revenue.byKind[k]!;
        return [kind, { events, amount: euros(cents), margin: euros(marginCents) }];
      }),
    ),
    outlier: { date: span.dates[arrivals.outlierDay] ?? null, factor: parts.outlier },
    lift: { decision: 'PRICE-MOBILE', lift: parts.lift },
    doesNothing: 'LOYALTY',
    underWater: arrivals.decisions[arrivals.fee]!.code,
    decisions: Object.fromEntries(arrivals.decisions.map(({ code }, d) => [code, decisionTruth(parts, d)])),
    retention: pass.retention.truth(),
  };
}

function decisionTruth(parts: TruthParts, d: number): object {
  const { world, contacts } = parts;
  const { span, arrivals, behaviour } = world;
  const { code, kind, firstDay } = arrivals.decisions[d]!;
  const first = total(contacts.caused[d]!);
  const repeats = total(contacts.causedRepeats[d]!);
  const isFee = d === arrivals.fee;
  return {
    kind,
    effectiveFrom: span.dateOf(firstDay),
    effect: isFee
      ? { perHitInPilot: behaviour.fee.pilot.contacts, perHitAfterRollOut: behaviour.fee.roll_out.contacts }
      : code === 'PRICE-MOBILE'
        ? { lift: parts.lift }
        : behaviour.effects[code],
    incremental: { first, repeats, total: first + repeats, withoutCustomer: total(contacts.causedAnonymous[d]!) },
    standardCost: {
      first: euros(total(contacts.causedCost[d]!) * 100),
      repeats: euros(total(contacts.causedRepeatCost[d]!) * 100),
    },
    byMonth: span.periods.flatMap((period, m) => {
      const [one, again] = [contacts.caused[d]![m]!, contacts.causedRepeats[d]![m]!];
      if (one + again === 0) return [];
      const cost = euros(contacts.causedCost[d]![m]! * 100);
      return [{ period, first: one, repeats: again, cost, repeatCost: euros(contacts.causedRepeatCost[d]![m]! * 100) }];
    }),
    ...(isFee ? feeTruth(parts, firstDay) : {}),
  };
}

function feeTruth({ world, contacts, exposures, revenue }: TruthParts, firstDay: number): object {
  const { span } = world;
  const daily: (string | number)[][] = [];
  const cumulated = { own: 0, all: 0 };
  const since: { own: string | null; all: string | null } = { own: null, all: null };
  for (let day = Math.max(0, firstDay); day < span.days; day++) {
    const date = span.dates[day]!;
    const collected = exposures.billedCents[day]! - exposures.waivedCents[day]! - revenue.refundedCents[day]!;
    const [cost, kept] = [contacts.feeCost[day]! * 100, contacts.feeKeptCost[day]! * 100];
    cumulated.own += collected - cost;
    cumulated.all += collected - cost - kept;
    for (const which of ['own', 'all'] as const) {
      since[which] = cumulated[which] < 0 ? (since[which] ?? date) : null;
    }
    daily.push([
      date,
      exposures.hits[day]!,
      euros(exposures.billedCents[day]!),
      euros(exposures.waivedCents[day]!),
      euros(revenue.refundedCents[day]!),
      contacts.feeContacts[day]!,
      euros(cost),
      euros(kept),
    ]);
  }
  const hits = total(exposures.hits);
  const collected = total(exposures.billedCents) - total(exposures.waivedCents) - total(revenue.refundedCents);
  const callers = total(contacts.feeContacts);
  const cost = total(contacts.feeCost) * 100;
  return {
    money: {
      hits,
      billed: euros(total(exposures.billedCents)),
      waived: euros(total(exposures.waivedCents)),
      refunded: euros(total(revenue.refundedCents)),
      collected: euros(collected),
      net: euros(cumulated.own),
      netOfAll: euros(cumulated.all),
    },
    breakEven: {
      contactsPerHit: hits * cost * callers === 0 ? null : rounded(collected / hits / (cost / callers)),
      actual: hits === 0 ? null : rounded(callers / hits),
    },
    underWaterSince: since.own,
    underWaterSinceOfAll: since.all,
    daily,
  };
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

/** Four decimals: truth is read by people. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function mapped<A, B>(values: Readonly<Record<string, A>>, of: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, of(value)]));
}
