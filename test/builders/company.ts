import fc from 'fast-check';
import { Register } from '../../src/domain/attribution/register.ts';
import { Fraction } from '../../src/domain/fraction.ts';
import { readModel } from '../../src/domain/model/read-model.ts';
import { period, type LocalDate, type Period } from '../../src/domain/period.ts';
import { CONTACT_PARTS, type CellFacts } from '../../src/domain/statements/cell-facts.ts';
import type { CloseInputs } from '../../src/domain/statements/close-inputs.ts';

/** Like contacts in memory; what a test does not name is filled in. */
export function aCell(
  given: Partial<Omit<CellFacts, 'dimensions'>> & {
    dimensions?: Partial<CellFacts['dimensions']>;
    contacts?: number;
  } = {},
): CellFacts {
  const { contacts, dimensions, ...rest } = given;
  return {
    trace: '',
    tag: null,
    day: '2026-03-01',
    textHits: new Set(),
    causes: [],
    known: true,
    taggedOn: null,
    escalated: false,
    transferred: false,
    repeat: false,
    parts: BigInt(contacts ?? 1) * CONTACT_PARTS,
    seconds: 300n * BigInt(contacts ?? 1),
    untimedParts: 0n,
    ...rest,
    dimensions: {
      channel: 'voice',
      reason: 'billing',
      queue: null,
      site: null,
      vendor: null,
      product: null,
      segment: null,
      language: null,
      direction: null,
      ...dimensions,
    },
  };
}

export interface CompanyPlan {
  readonly units: readonly string[];
  readonly reasons: readonly {
    readonly reason: string;
    readonly owner: string | null;
    readonly standard: number | null;
  }[];
  readonly decisions: readonly {
    readonly decision: string;
    readonly from: LocalDate;
    readonly to?: LocalDate;
    readonly population?: string;
    readonly reasonList?: string;
    readonly owners: readonly { unit: string; share: string }[];
  }[];
  readonly model: unknown;
  readonly ledger: readonly { readonly account: string; readonly amount: bigint; readonly currency: string }[];
  readonly capacity: Readonly<Record<string, number>>;
  readonly cells: readonly CellFacts[];
  readonly period?: Period;
}

/** Inputs of a close from a plan in memory. */
export function inputsOf(plan: CompanyPlan): CloseInputs {
  const of = plan.period ?? period('2026-03');
  return {
    period: of,
    currency: 'EUR',
    model: readModel(plan.model),
    register: new Register({
      units: plan.units.map((unit) => ({
        unit,
        name: unit,
        parent: null,
        costCenter: null,
        ownerEmail: null,
        kind: 'business',
        legalEntity: null,
        successor: null,
        validFrom: '2000-01-01',
        validTo: null,
      })),
      decisions: plan.decisions.map(({ decision, from, to, population, reasonList }) => ({
        decision,
        title: decision,
        kind: 'fee',
        effectiveFrom: from,
        announcedAt: null,
        effectiveTo: to ?? null,
        population: population ?? null,
        reasons: reasonList ?? null,
        expectedContactsPerMonth: null,
        expectedRevenuePerMonth: null,
      })),
      owners: plan.decisions.flatMap(({ decision, owners }) =>
        owners.map(({ unit, share }) => ({
          decision,
          unit,
          share: Fraction.parse(share),
          validFrom: '2000-01-01',
          validTo: null,
        })),
      ),
      reasons: plan.reasons.map(({ reason, owner, standard }) => ({
        reason,
        name: reason,
        parent: null,
        ownerUnit: owner,
        demand: null,
        standardHandleSeconds: standard,
      })),
    }),
    ledger: plan.ledger.map((entry, i) => ({ entry: `e${i}`, costCenter: 'CC', vendor: null, ...entry })),
    rates: new Map([
      ['USD', Fraction.parse('0.9137')],
      ['JPY', Fraction.parse('0.00613')],
    ]),
    capacity: new Map(
      Object.entries(plan.capacity).map(([pool, seconds]) => [pool, { practicalSeconds: Fraction.of(seconds) }]),
    ),
    cells: plan.cells,
    lastRates: new Map(),
    derivedStandards: new Map(),
    customerDays: [],
    increments: [],
  };
}

const CHANNELS = ['voice', 'chat', 'email'] as const;
const UNITS = ['ALPHA', 'BETA', 'GAMMA', 'OMEGA'] as const;
const REASONS = ['billing', 'delivery', 'network', 'other'] as const;

/** Random small companies: every basis, policy, treatment and kind of pool, money of three currencies, of either sign. */
export const companies: fc.Arbitrary<CompanyPlan> = fc
  .record({
    owners: fc.tuple(...REASONS.map(() => fc.option(fc.constantFrom(...UNITS), { nil: null }))),
    standards: fc.tuple(...REASONS.map(() => fc.option(fc.integer({ min: 1, max: 900 }), { nil: null }))),
    ownerShares: fc.constantFrom(['1'], ['0.7', '0.3'], ['0.125', '0.875'], ['0.333', '0.667']),
    basis: fc.constantFrom('standard', 'actual'),
    unused: fc.constantFrom('retained', 'proportional', 'reserved'),
    drivers: fc.tuple(
      ...CHANNELS.map(() => fc.constantFrom('handle_seconds', 'handle_seconds', 'contacts', 'weighted')),
    ),
    concurrency: fc.constantFrom('1', '2', '1.5'),
    variableShare: fc.constantFrom('0', '0.35', '1'),
    rate: fc.option(fc.constantFrom('0.0135', '0.02', '0'), { nil: undefined }),
    supportMethod: fc.constantFrom('direct', 'step_down', 'reciprocal'),
    supportDriver: fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(20)),
    showD: fc.boolean(),
    matchShare: fc.constantFrom('1', '0.5', '0.01'),
    amounts: fc.array(
      fc.tuple(
        fc.constantFrom('voice', 'chat', 'email', 'it', 'hr', 'direct', 'platform'),
        fc.bigInt({ min: -(10n ** 9n), max: 10n ** 12n }),
        fc.constantFrom('EUR', 'EUR', 'USD', 'JPY'),
      ),
      { maxLength: 12 },
    ),
    capacity: fc.tuple(...CHANNELS.map(() => fc.integer({ min: 0, max: 200_000 }))),
    platform: fc.boolean(),
    cells: fc.array(
      fc.record({
        channel: fc.constantFrom(...CHANNELS),
        reason: fc.constantFrom(...REASONS),
        tag: fc.constantFrom(null, null, 'FEE', 'PRICE'),
        product: fc.constantFrom(null, 'mobile'),
        day: fc.constantFrom('2026-03-01', '2026-03-15'),
        repeat: fc.constantFrom(false, false, false, true),
        transferred: fc.constantFrom(false, false, false, true),
        contacts: fc.integer({ min: 1, max: 500 }),
        seconds: fc.integer({ min: 0, max: 90_000 }),
        untimed: fc.boolean(),
      }),
      { maxLength: 25 },
    ),
  })
  .map((random): CompanyPlan => ({
    units: UNITS,
    reasons: REASONS.map((reason, i) => ({ reason, owner: random.owners[i]!, standard: random.standards[i]! })),
    decisions: [
      {
        decision: 'FEE',
        from: '2026-01-01',
        owners: random.ownerShares.map((share, i) => ({ unit: UNITS[i]!, share })),
      },
      { decision: 'PRICE', from: '2026-03-15', owners: [{ unit: 'GAMMA', share: '1' }] },
    ],
    model: {
      pools: [
        ...CHANNELS.map((channel, i) => ({
          code: channel,
          kind: 'operating',
          ledger: [{ account: channel }],
          serves: { channel: [channel] },
          driver: random.drivers[i],
          ...(random.drivers[i] === 'weighted' ? { weights: { 'bill*': '1.5', 'net*': '0.25' } } : {}),
          concurrency: channel === 'chat' ? random.concurrency : '1',
          variable_share: random.variableShare,
        })),
        ...(random.platform
          ? [
              {
                code: 'platform',
                kind: 'operating',
                layer: 'platform',
                driver: 'contacts',
                ledger: [{ account: 'platform' }],
              },
            ]
          : []),
        { code: 'it', kind: 'support', ledger: [{ account: 'it' }] },
        { code: 'hr', kind: 'support', ledger: [{ account: 'hr' }] },
        {
          code: 'direct',
          kind: 'direct',
          unit: 'BETA',
          ledger: [{ account: 'direct' }, ...(random.platform ? [] : [{ account: 'platform' }])],
        },
      ],
      support: {
        method: random.supportMethod,
        order: ['hr', 'it'],
        drivers: {
          it: { voice: random.supportDriver[0], chat: random.supportDriver[1], hr: random.supportDriver[3] },
          hr: { email: random.supportDriver[2], voice: 1, it: random.supportDriver[3] },
        },
      },
      charging: {
        basis: random.basis,
        unused_capacity: random.unused,
        ...(random.rate === undefined ? {} : { standard_rates: { voice: random.rate, chat: '0.0140' } }),
        ...(random.unused === 'reserved'
          ? {
              reserved: {
                voice: { ALPHA: Math.floor(random.capacity[0]! / 3), BETA: Math.floor(random.capacity[0]! / 4) },
              },
            }
          : {}),
      },
      rules: [
        { name: 'tagged', tag: true },
        { name: 'mobile', match: { product: ['mobile'] }, to: [{ unit: 'OMEGA', share: random.matchShare }] },
        { name: 'owners', reason_owner: true },
      ],
      tiers: { D: random.showD ? 'show' : 'charge' },
    },
    ledger: random.amounts.map(([account, amount, currency]) => ({ account, amount, currency })),
    capacity: Object.fromEntries(CHANNELS.map((channel, i) => [channel, random.capacity[i]!])),
    cells: random.cells.map((cell) =>
      aCell({
        tag: cell.tag,
        day: cell.day,
        repeat: cell.repeat,
        transferred: cell.transferred,
        contacts: cell.contacts,
        seconds: cell.untimed ? 0n : BigInt(cell.seconds),
        untimedParts: cell.untimed ? BigInt(cell.contacts) * CONTACT_PARTS : 0n,
        dimensions: { channel: cell.channel, reason: cell.reason, product: cell.product },
      }),
    ),
  }));
