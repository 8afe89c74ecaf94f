import fc from 'fast-check';
import { columnsOf } from '../../../src/application/cells-at.ts';
import { Register } from '../../../src/domain/attribution/register.ts';
import { Fraction } from '../../../src/domain/fraction.ts';
import { readModel } from '../../../src/domain/model/read-model.ts';
import type { LocalDate } from '../../../src/domain/period.ts';
import { cellsOf } from '../../../src/domain/statements/cell-columns.ts';
import { booksOf } from '../../../src/domain/statements/close.ts';
import { coarseCells } from '../../../src/domain/statements/coarse-cells.ts';
import { distinctionsOf } from '../../../src/domain/statements/distinctions.ts';
import { upperRollUp } from '../../../src/domain/statements/upper-roll-up.ts';
import type { CellRow, CellSum } from '../../../src/persistence/close-inputs.queries.ts';
import { inputsOf } from '../../builders/company.ts';

const CUTS: readonly LocalDate[] = ['2026-03-01', '2026-03-10', '2026-03-15'];
const HITS: readonly LocalDate[] = ['2026-02-05', '2026-02-09', '2026-02-10', '2026-02-21', '2026-03-09', '2026-03-16'];
const REASONS = ['billing', 'network', 'other'];
const UNITS = ['ALPHA', 'BETA', 'GAMMA'];

const kinds: fc.Arbitrary<Omit<CellRow, 'cell_no'>> = fc.record({
  channel: fc.constantFrom('voice', 'chat'),
  reason_code: fc.constantFrom(...REASONS),
  queue: fc.constantFrom(null, 'q1', 'q2', 'r1'),
  site: fc.constantFrom(null, 'north', 'south'),
  vendor: fc.constant(null),
  product: fc.constantFrom(null, 'mobile'),
  segment: fc.constantFrom(null, 'b2b', 'b2c'),
  language: fc.constant('de'),
  direction: fc.constant(null),
  decision_code: fc.constantFrom(null, 'FEE', 'OLD', 'UNKNOWN'),
  escalated: fc.boolean(),
  transferred: fc.constantFrom(false, false, true),
});

const hit = fc.tuple(fc.constantFrom('FEE', 'OLD'), fc.constantFrom(...HITS), fc.nat(3));

const sums = fc.record({
  kind: fc.nat(),
  slice: fc.integer({ min: 1, max: CUTS.length }),
  segment: fc.constantFrom(null, null, ...REASONS),
  repeat: fc.constantFrom(false, false, true),
  hits: fc.uniqueArray(hit, { maxLength: 2, selector: ([decision]) => decision }),
  known: fc.boolean(),
  taggedOn: fc.constantFrom('2026-03-11', '2026-03-12', '2026-03-20'),
  parts: fc.bigInt({ min: 1n, max: 2n ** 54n }),
  seconds: fc.bigInt({ min: 0n, max: 2n ** 54n }),
  untimed: fc.constantFrom(0n, 0n, 720_720n),
});

/** Rules that ask for much, of which a company has some; owners and units change before the month and within. */
const plans = fc.record({
  kinds: fc.array(kinds, { minLength: 1, maxLength: 4 }),
  sums: fc.array(sums, { minLength: 20, maxLength: 90 }),
  several: fc.constantFrom('nearest', 'equal', 'time_decay'),
  background: fc.constantFrom('keep', 'deduct'),
  basis: fc.constantFrom('standard', 'actual'),
  match: fc.constantFrom({ queue: ['q*'] }, { site: ['(none)'], segment: ['b2b'] }, { product: ['mobile'] }),
  share: fc.constantFrom('1', '0.3'),
  reasons: fc.constantFrom(null, 'billing', 'billing | net*'),
});
type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;

function inputsAndColumns(plan: Plan) {
  const { several, match, share } = plan;
  const model = {
    pools: [
      { code: 'voice', kind: 'operating', ledger: [{ account: 'voice' }], serves: { channel: ['voice'] } },
      { code: 'rest', kind: 'operating', ledger: [{ account: 'rest' }], serves: { channel: ['chat'] } },
    ],
    charging: { basis: plan.basis },
    time_equations: [{ reasons: ['other'], base: 100, add: [{ when: { site: ['north'] }, seconds: 60 }] }],
    rules: [
      { name: 'tagged', tag: true },
      {
        name: 'hit',
        exposure: ['FEE', 'OLD'],
        within_days: 45,
        several,
        background: plan.background,
        reasons: ['*i*'],
      },
      { name: 'matched', match, to: [{ decision: 'FEE', share }] },
      { name: 'owners', reason_owner: true },
    ],
  };
  const base = inputsOf({
    ...{ units: UNITS, reasons: [], decisions: [], model, capacity: { voice: 10 ** 9, rest: 10 ** 9 }, cells: [] },
    ledger: ['voice', 'rest'].map((account) => ({ account, amount: 10n ** 9n, currency: 'EUR' })),
  });
  const unit = {
    name: '',
    parent: null,
    costCenter: null,
    ownerEmail: null,
    kind: 'business',
    legalEntity: null,
  } as const;
  const decision = {
    title: '',
    kind: 'fee',
    effectiveFrom: '2026-01-01',
    announcedAt: null,
    population: null,
  } as const;
  const none = { expectedContactsPerMonth: null, expectedRevenuePerMonth: null };
  const owner = (unitCode: string, of: string, validFrom: LocalDate, validTo: LocalDate | null, part = '1') => ({
    ...{ decision: of, unit: unitCode, share: Fraction.parse(part), validFrom, validTo },
  });
  const register = new Register({
    units: [
      { ...unit, unit: 'ALPHA', successor: null, validFrom: '2000-01-01', validTo: null },
      { ...unit, unit: 'BETA', successor: 'ALPHA', validFrom: '2000-01-01', validTo: '2026-02-20' },
      { ...unit, unit: 'GAMMA', successor: null, validFrom: '2000-01-01', validTo: null },
    ],
    decisions: [
      { ...decision, ...none, decision: 'FEE', effectiveTo: null, reasons: plan.reasons },
      { ...decision, ...none, decision: 'OLD', effectiveTo: '2026-03-09', reasons: null, population: 'segment=b2*' },
    ],
    owners: [
      owner('BETA', 'FEE', '2026-01-01', '2026-03-14'),
      owner('ALPHA', 'FEE', '2026-03-15', null, '0.25'),
      owner('GAMMA', 'FEE', '2026-03-15', null, '0.75'),
      owner('ALPHA', 'OLD', '2026-01-01', '2026-02-09'),
      owner('GAMMA', 'OLD', '2026-02-10', null),
    ],
    reasons: REASONS.map((reason) => ({
      ...{ reason, name: '', parent: null, ownerUnit: reason === 'other' ? null : 'GAMMA' },
      ...{ demand: null, standardHandleSeconds: 200 },
    })),
  });
  const rows = plan.kinds.map((kind, i): CellRow => ({ ...kind, cell_no: i + 1 }));
  const read = new Map<string, CellSum>();
  for (const { kind, hits, segment, taggedOn, untimed, ...sum } of plan.sums) {
    const row = rows[kind % rows.length]!;
    const causes = hits.map(([code, day, age]) => ['hit', code, day, several === 'time_decay' ? age : 0]);
    const own = {
      ...{
        cell_no: row.cell_no,
        reason_code: segment,
        slice: sum.slice,
        repeat: sum.repeat,
        hits: 0,
        known: sum.known,
      },
      causes: causes.length > 0 && sum.known ? JSON.stringify(causes) : null,
      tagged_on: row.decision_code === null ? null : taggedOn,
    };
    read.set(JSON.stringify(own), { ...own, parts: sum.parts, seconds: sum.seconds, untimed_parts: untimed });
  }
  const columns = columnsOf([...read.values()], new Map(rows.map((row) => [row.cell_no, row])), {
    cuts: [...CUTS],
    patterns: [],
  });
  const customerDays = ['FEE', 'OLD'].map((code) => ({ rule: 'hit', decision: code, hit: 50n, other: 70n }));
  return { inputs: { ...base, model: readModel(model), register, customerDays }, columns };
}

describe('cells that a model cannot tell apart, taken together', () => {
  it('give the same books, whatever days their tags and hits name', () => {
    let ofSeveralDays = 0;
    fc.assert(
      fc.property(plans, (plan) => {
        const { inputs, columns } = inputsAndColumns(plan);
        const fine = cellsOf(columns);
        const coarse = coarseCells(columns, distinctionsOf(inputs.model, inputs.register));
        if (coarse.some(({ byDays }) => byDays)) ofSeveralDays++;
        expect(booksOf(upperRollUp(inputs, coarse), inputs)).toEqual(booksOf(upperRollUp(inputs, fine), inputs));
      }),
      { numRuns: 200 },
    );
    expect(ofSeveralDays).toBeGreaterThan(100);
  });

  it('book each contact on the day of its own hit, though rules take them alike', () => {
    const kind: Omit<Plan['kinds'][number], 'channel'> = {
      ...{ reason_code: 'billing', queue: null, site: null, vendor: null, product: null, segment: null },
      ...{ language: 'de', direction: null, decision_code: null, escalated: false, transferred: false },
    };
    const sum: Omit<Plan['sums'][number], 'kind' | 'hits' | 'parts'> = {
      ...{ slice: 2, segment: null, repeat: false, known: true, taggedOn: '2026-03-11' },
      ...{ seconds: 600n, untimed: 0n },
    };
    const { inputs, columns } = inputsAndColumns({
      kinds: [
        { ...kind, channel: 'voice' },
        { ...kind, channel: 'chat' },
      ],
      sums: [
        { ...sum, kind: 0, hits: [['FEE', '2026-02-21', 1]], parts: 720_720n },
        { ...sum, kind: 1, hits: [['FEE', '2026-03-09', 1]], parts: 1_441_440n },
      ],
      ...{ several: 'nearest', background: 'keep', basis: 'actual' },
      ...{ match: { queue: ['q*'] }, share: '1', reasons: null },
    });
    const coarse = coarseCells(columns, distinctionsOf(inputs.model, inputs.register));
    expect(coarse.map(({ like }) => like)).toEqual([0, 0]);
    const days = upperRollUp(inputs, coarse).decisionDays;
    expect(days.map(({ day, parts }) => [day, parts.toString()])).toEqual([
      ['2026-02-21', '720720'],
      ['2026-03-09', '1441440'],
    ]);
  });
});
