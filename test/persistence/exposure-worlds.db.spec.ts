import fc from 'fast-check';
import { addDays, lastDay, period, type LocalDate } from '../../src/domain/period.ts';
import { daysOf } from '../../src/domain/retention/cohort.ts';
import { cellSums, customerDays, type CellSum, type ExposureRule } from '../../src/persistence/close-inputs.queries.ts';
import type { Tx } from '../../src/persistence/database.ts';
import { packRows } from '../../src/persistence/retention-packs.queries.ts';
import { customersInOrder, type CustomerReading } from '../../src/persistence/retention-streams.queries.ts';
import { rollUp } from '../../src/persistence/roll-up.queries.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { CHANGING } from './signed-world.ts';

const MARCH = period('2026-03');
const DAY_ONE = Date.UTC(2026, 1, 18);
const HOUR = 3_600_000;
const CUTS = ['2026-03-01', '2026-03-04', '2026-03-10'];
const MARK = '102'; // of imports 101 to 103: the third came after
const CELLS = [
  { cell_no: 901, reason: 'billing.fee', tag: null, escalated: false },
  { cell_no: 902, reason: 'delivery', tag: null, escalated: true },
  { cell_no: 903, reason: 'billing.fee', tag: 'FEE', escalated: false },
] as const;

/** Times lie on a grid of six hours, so that a contact and its hits often fall on one instant or exactly D days apart. */
const instant = fc.integer({ min: 0, max: 4 * 21 }).map((step) => DAY_ONE + step * 6 * HOUR);
/** Half days from 24 February to 8 March. */
const hitInstant = fc.integer({ min: 12, max: 36 }).map((step) => DAY_ONE + step * 12 * HOUR);
const customer = fc.constantFrom('ANNA', 'BERT', 'CLEO');
const change = fc.constantFrom('none', 'none', 'none', 'corrected', 'taken back', 'later corrected', 'later');
/** So many worlds share a database at a time, each with customers and cells of its own. */
const TOGETHER = 25;
const worlds = fc.record({
  contacts: fc.array(
    fc.record({
      customer: fc.option(customer, { nil: null, freq: 6 }),
      at: instant,
      then: instant,
      cell: fc.constantFrom(...CELLS),
      seconds: fc.option(fc.integer({ min: 0, max: 400 }), { nil: null }),
      caseId: fc.constantFrom(null, null, 'case'),
      segments: fc.constantFrom([], [], [], [100, 100], [0, 0, 0], [1, 1, 1], [90, 7, 0]),
      change,
    }),
    { minLength: 6, maxLength: 20, size: 'max' },
  ),
  exposures: fc.array(
    fc.record({ customer, at: hitInstant, decision: fc.constantFrom('FEE', 'OLD', 'PRICE'), change }),
    { minLength: 8, maxLength: 24, size: 'max' },
  ),
});
const rules: fc.Arbitrary<ExposureRule[]> = fc
  .array(
    fc.record({
      days: fc.integer({ min: 1, max: 12 }),
      decisions: fc.constantFrom(null, ['FEE'], ['OLD', 'PRICE']),
      ages: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((random) => random.map((rule, i) => ({ rule: `rule ${i}`, ...rule })));
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;
type Change = World['contacts'][number]['change'];

/** Versions of a row as imports leave them: [import, sign, whether it is the corrected one]. */
const VERSIONS: Record<Change, readonly (readonly [number, 1 | -1, boolean])[]> = {
  none: [[101, 1, false]],
  corrected: [[101, 1, false], [102, -1, false], [102, 1, true]], // prettier-ignore
  'taken back': [[101, 1, false], [102, -1, false]], // prettier-ignore
  'later corrected': [[101, 1, false], [103, -1, false], [103, 1, true]], // prettier-ignore
  later: [[103, 1, false]],
};
const onDay = (at: number): LocalDate => new Date(at).toISOString().slice(0, 10);
/** All customers, and hits of March and before. */
const EVERYBODY: CustomerReading = {
  ...{ until: lastDay(MARCH), mark: MARK, decisions: ['PRICE', 'FEE'], called: [], inbound: new Uint8Array(0) },
  referrals: { by: new BigInt64Array(), came: new BigInt64Array() },
};
/** Keys of the customers, as the import made them. */
const KEYS: Record<string, string> = {};
const cellNo = (world: number, cell: World['contacts'][number]['cell']): number => cell.cell_no + 3 * world;
const nameOf = (world: number, customer: string): string => `${customer}-${world}`;

describe('exposures by the kernel, by set-based SQL and by looking at each contact', () => {
  let books: TestBooks;
  beforeAll(async () => {
    books = await testBooks();
    await books.given({
      'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: UTC\n',
      'customers.csv': csv(
        Array.from({ length: TOGETHER }, (_, world) => ['ANNA', 'BERT', 'CLEO'].map((name) => nameOf(world, name)))
          .flat()
          .map((customer_id) => ({ customer_id, joined_at: '2020-01-01' })),
      ),
    });
    const rows = await books.sql<{ id: string; key: string }>(
      'select customer_id as id, customer_key::text as key from customer',
    );
    for (const { id, key } of rows) KEYS[id] = key;
  });
  afterAll(() => books.end());

  const runs = process.env['ANSWERABLE_FULL'] ? 2000 : 500;
  it(`agree cell by cell on ${runs} small worlds`, async () => {
    let [contacts, causes, ties] = [0, 0, 0];
    const over = new Error('rolled back');
    const all = books.db.books(async (tx) => {
      for (const month of ['2026-02-01', '2026-03-01'])
        for (const fact of ['contact', 'contact_segment', 'exposure'])
          await tx.query('select ensure_month($1, $2::date)', [fact, month]);
      await tx.query(CHANGING);
      await tx.query(
        `insert into cell (cell_no, channel, queue, reason_code, decision_code, escalated) overriding system value
         select cell_no, 'voice', queue, reason, tag, escalated
         from jsonb_to_recordset($1::jsonb) as c(cell_no int, queue text, reason text, tag text, escalated boolean)`,
        [
          JSON.stringify(
            Array.from({ length: TOGETHER }, (_, w) =>
              CELLS.map((cell) => ({ ...cell, cell_no: cellNo(w, cell), queue: `world ${w}` })),
            ).flat(),
          ),
        ],
      );
      await fc.assert(
        fc.asyncProperty(rules, fc.array(worlds, { minLength: TOGETHER, maxLength: TOGETHER }), async (rules, many) => {
          await tx.query('savepoint worlds');
          for (const [number, world] of many.entries()) await put(tx, number, world);
          for (const table of ['contact', 'exposure'] as const) await packRows(tx, table, `select * from ${table}`, []); // as every import does
          const reading = { period: MARCH, cuts: CUTS, watermark: MARK, patterns: [], exposureRules: rules };
          const expected = many.map((world, number) => reference(number, world, rules));
          const slow = Object.fromEntries(
            expected.flatMap(({ sums }) => [...sums].map(([key, sum]) => [key, sum.join(' ')])),
          );
          expect(sumsByKey(await cellSums(tx, reading))).toEqual(slow);
          for (const slices of [1, 2, 7]) expect(sumsByKey((await rollUp(tx, reading, { slices })).sums)).toEqual(slow);
          const { customers } = await customersInOrder(tx, EVERYBODY);
          for (const days of [1, 5]) {
            const byHand = daysByHand(many, days);
            expect(await customerDays(tx, MARCH, 'FEE', days, null, MARK)).toEqual(byHand);
            expect(customers.customerDays(null, daysOf(MARCH), { decision: 1, within: days })).toEqual(byHand);
          }
          for (const counted of expected) {
            contacts += counted.contacts;
            causes += counted.causes;
            ties += counted.ties;
          }
          await tx.query('rollback to savepoint worlds');
        }),
        { seed: 20260401, numRuns: runs / TOGETHER },
      );
      throw over;
    });
    await expect(all).rejects.toBe(over);
    console.info(
      `${runs} worlds: ${contacts} contacts, ${causes} causes, ${ties} ties of two decisions at one instant`,
    );
    expect(causes).toBeGreaterThan(runs);
    expect(ties).toBeGreaterThan(0);
  }, 600_000);
});

function sumsByKey(sums: readonly CellSum[]): Record<string, string> {
  return Object.fromEntries(
    sums.map(({ parts, seconds, untimed_parts, causes, ...cell }) => [
      keyOf({ ...cell, causes: causes === null ? null : (JSON.parse(causes) as Cause[]) }),
      `${parts} ${seconds} ${untimed_parts}`,
    ]),
  );
}

async function put(tx: Tx, number: number, world: World): Promise<void> {
  const contacts = world.contacts.flatMap((contact, i) =>
    VERSIONS[contact.change].map(([import_id, sign, moved]) => ({
      ...{ import_id, sign, line: i + 1, contact_id: `c${number}-${i}`, cell_no: cellNo(number, contact.cell) },
      started_at: new Date(moved ? contact.then : contact.at).toISOString(),
      started_on: onDay(moved ? contact.then : contact.at),
      customer_id: contact.customer && nameOf(number, contact.customer),
      customer_key: contact.customer && KEYS[nameOf(number, contact.customer)],
      handle_seconds: contact.seconds,
      case_id: contact.caseId && `${contact.caseId} ${number}`,
    })),
  );
  await tx.query(
    `insert into contact (import_id, sign, line, contact_id, cell_no, started_at, started_on, customer_id, customer_key, handle_seconds, case_id)
     select import_id, sign, line, contact_id, cell_no, started_at, started_on, customer_id, customer_key, handle_seconds, case_id
     from jsonb_populate_recordset(null::contact, $1::jsonb)`,
    [JSON.stringify(contacts)],
  );
  const segments = world.contacts.flatMap((contact, i) =>
    standing(contact).flatMap((at) =>
      contact.segments.map((seconds, s) => ({
        ...{ import_id: 101, sign: 1, line: s + 1, contact_id: `c${number}-${i}`, started_on: onDay(at) },
        handle_seconds: seconds,
        reason_code: `part ${'abc'[s]}`,
      })),
    ),
  );
  await tx.query(
    `insert into contact_segment select * from jsonb_populate_recordset(null::contact_segment, $1::jsonb)`,
    [JSON.stringify(segments)],
  );
  const exposures = world.exposures.flatMap((exposure, i) =>
    VERSIONS[exposure.change].map(([import_id, sign]) => ({
      ...{ import_id, sign, line: i + 1, exposure_id: `e${number}-${i}`, decision_code: exposure.decision },
      customer_id: nameOf(number, exposure.customer),
      customer_key: KEYS[nameOf(number, exposure.customer)],
      occurred_at: new Date(exposure.at).toISOString(),
      occurred_on: onDay(exposure.at),
    })),
  );
  await tx.query(`insert into exposure select * from jsonb_populate_recordset(null::exposure, $1::jsonb)`, [
    JSON.stringify(exposures),
  ]);
}

/** When the contact started as it stands at the watermark; empty: it does not stand. */
function standing(contact: World['contacts'][number]): number[] {
  switch (contact.change) {
    case 'none':
    case 'later corrected':
      return [contact.at];
    case 'corrected':
      return [contact.then];
    case 'taken back':
    case 'later':
      return [];
  }
}

type Cause = [rule: string, decision: string, hitOn: LocalDate, ageDays: number];

/** The slow and obvious way: every contact beside every other contact and every exposure. */
function reference(
  number: number,
  world: World,
  rules: readonly ExposureRule[],
): {
  sums: Map<string, [parts: number, seconds: number, untimed: number]>;
  contacts: number;
  causes: number;
  ties: number;
} {
  const live = world.contacts.flatMap((contact) => standing(contact).map((at) => ({ ...contact, at })));
  const hits = world.exposures.filter(({ change }) => !['taken back', 'later'].includes(change));
  const sums = new Map<string, [number, number, number]>();
  const count = { contacts: 0, causes: 0, ties: 0 };
  for (const contact of live) {
    const day = onDay(contact.at);
    if (day < '2026-03-01' || day > '2026-03-31') continue;
    count.contacts++;
    const repeat = live.some(
      (other) =>
        !other.cell.escalated &&
        other.at < contact.at &&
        contact.at - other.at <= 7 * 24 * HOUR &&
        ((contact.customer !== null &&
          other.customer === contact.customer &&
          other.cell.reason === contact.cell.reason) ||
          (contact.caseId !== null && other.caseId === contact.caseId)),
    );
    const causes: Cause[] = [];
    for (const rule of rules) {
      const latest = new Map<string, number>();
      for (const hit of hits) {
        if (hit.customer !== contact.customer || (rule.decisions && !rule.decisions.includes(hit.decision))) continue;
        const age = contact.at - hit.at;
        if (age > 0 && age <= rule.days * 24 * HOUR)
          latest.set(hit.decision, Math.max(hit.at, latest.get(hit.decision) ?? 0));
      }
      const nearest = [...latest].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
      if (new Set(latest.values()).size < latest.size) count.ties++;
      for (const [decision, at] of nearest)
        causes.push([rule.rule, decision, onDay(at), rule.ages ? Math.floor((contact.at - at) / (24 * HOUR)) : 0]);
    }
    count.causes += causes.length;
    const seconds = contact.segments.length === 0 ? [contact.seconds] : contact.segments;
    partsOf(contact.segments).forEach((parts, s) => {
      const key = keyOf({
        cell_no: cellNo(number, contact.cell),
        reason_code: contact.segments.length === 0 ? null : `part ${'abc'[s]}`,
        slice: CUTS.filter((cut) => cut <= day).length,
        repeat,
        hits: 0,
        causes: causes.length === 0 ? null : causes,
        known: contact.customer !== null,
        tagged_on: contact.cell.tag === null ? null : day,
      });
      const [p, t, u] = sums.get(key) ?? [0, 0, 0];
      const own = seconds[s] ?? null;
      sums.set(key, [p + parts, t + (own ?? 0), u + (own === null ? parts : 0)]);
    });
  }
  return { sums, ...count };
}

/** 720,720 parts by seconds, one each where all are zero; what is left goes to the largest rests, then by reason. */
function partsOf(segments: readonly number[]): number[] {
  if (segments.length === 0) return [720_720];
  const sum = segments.reduce((a, b) => a + b, 0);
  const weights = sum === 0 ? segments.map(() => 1) : segments;
  const total = weights.reduce((a, b) => a + b, 0);
  const parts = weights.map((weight) => Math.floor((720_720 * weight) / total));
  const order = weights
    .map((weight, i) => ({ i, rest: (720_720 * weight) % total }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  const left = 720_720 - parts.reduce((a, b) => a + b, 0);
  for (const { i } of order.slice(0, left)) parts[i]!++;
  return parts;
}

function daysByHand(many: readonly World[], days: number): { hit: bigint; all: bigint } {
  let hit = 0n;
  for (const world of many)
    for (const customer of ['ANNA', 'BERT', 'CLEO'])
      for (let day = '2026-03-01'; day <= '2026-03-31'; day = addDays(day, 1))
        if (
          world.exposures.some(
            (exposure) =>
              exposure.customer === customer &&
              exposure.decision === 'FEE' &&
              !['taken back', 'later'].includes(exposure.change) &&
              onDay(exposure.at) <= day &&
              day < addDays(onDay(exposure.at), days),
          )
        )
          hit++;
  return { hit, all: 31n * 3n * BigInt(many.length) };
}

function keyOf(cell: {
  readonly cell_no: number;
  readonly reason_code: string | null;
  readonly slice: number;
  readonly repeat: boolean;
  readonly hits: number;
  readonly causes: readonly Cause[] | null;
  readonly known: boolean;
  readonly tagged_on: LocalDate | null;
}): string {
  const { cell_no, reason_code, slice, repeat, hits, causes, known, tagged_on } = cell;
  return JSON.stringify([cell_no, reason_code, slice, repeat, hits, causes, known, tagged_on]);
}
