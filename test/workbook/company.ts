import { Register } from '../../src/domain/attribution/register.ts';
import { Fraction } from '../../src/domain/fraction.ts';
import { readModel } from '../../src/domain/model/read-model.ts';
import { period as periodOf, type Period } from '../../src/domain/period.ts';
import { CONTACT_PARTS, type CellFacts } from '../../src/domain/statements/cell-facts.ts';
import type { CloseInputs } from '../../src/domain/statements/close-inputs.ts';
import { aCell } from '../builders/company.ts';

export interface CompanyShape {
  readonly units?: readonly { readonly code: string; readonly name: string }[];
  readonly reasons?: number;
  readonly period?: Period;
  readonly seed?: number;
  /** of the two owners of PRICE-MOBILE */
  readonly shares?: readonly [string, string];
  /** changes of the plain model, e.g. { charging: { basis: 'actual' } } */
  readonly model?: Readonly<Record<string, unknown>>;
}

export const UNITS = [
  { code: 'BILLING', name: 'Billing & Collections' },
  { code: 'DIGITAL', name: 'App & Self-Service' },
  { code: 'FIBRE', name: 'Fibre & Home' },
  { code: 'MOBILE', name: 'Mobile' },
  { code: 'NETWORK', name: 'Network & Technology' },
  { code: 'RETAIL', name: 'Retail & Sales' },
];

const CHANNELS = ['voice', 'chat', 'email'] as const;

/** Small numbers that repeat: a linear congruential generator. */
function draws(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761 + 12_345) % 4_294_967_296;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** A company like the demo's: timed pools, a vendor, support in a circle, a direct pool, two currencies, decisions. */
export function companyInputs(shape: CompanyShape = {}): CloseInputs {
  const units = shape.units ?? UNITS;
  const period = shape.period ?? periodOf('2026-03');
  const draw = draws(shape.seed ?? 1);
  const reasons = Array.from({ length: shape.reasons ?? 24 }, (_, i) => `reason.${String(i).padStart(3, '0')}`);
  const decisions = ['APP-5', 'FEE-LATE', 'PRICE-MOBILE'];
  const owner = (i: number) => units[i % units.length]!.code;
  const cells: CellFacts[] = [];
  reasons.forEach((reason, i) => {
    for (const channel of CHANNELS) {
      for (const vendor of channel === 'voice' ? [null, 'CONNECTA'] : [null]) {
        for (const tag of i % 5 === 0 ? [null, decisions[(i / 5) % 3]!] : [null]) {
          const contacts = 30 + draw(900);
          const untimed = draw(10) === 0 ? draw(9) : 0;
          cells.push(
            aCell({
              tag,
              contacts,
              day: `${period}-01`,
              seconds: BigInt((contacts - untimed) * (200 + draw(400)) + draw(97)),
              untimedParts: BigInt(untimed) * CONTACT_PARTS,
              repeat: draw(14) === 0,
              transferred: draw(25) === 0,
              dimensions: { channel, reason, vendor, product: i % 3 === 0 ? 'mobile' : 'fibre', segment: 'private' },
            }),
          );
        }
      }
    }
  });
  const used = cells.reduce((sum, cell) => sum + Number(cell.seconds), 0);
  const amount = (share: number) => BigInt(Math.round(used * 1.9 * share)) + BigInt(draw(100));
  return {
    period,
    currency: 'EUR',
    model: readModel(
      merged(PLAIN_MODEL, { ...directUnit(owner(5)), parked_entries: [`${period}-0013`], ...shape.model }),
    ),
    register: new Register({
      units: [...units, { code: 'SERVICE', name: 'Customer Service' }].map(({ code, name }, i) => ({
        unit: code,
        name,
        parent: null,
        costCenter: `K${100 + i}`,
        ownerEmail: null,
        kind: code === 'SERVICE' ? 'service' : 'business',
        legalEntity: code === 'FIBRE' ? 'NORVIA-FIBRE' : 'NORVIA-AG',
        successor: null,
        validFrom: '2010-01-01',
        validTo: null,
      })),
      decisions: decisions.map((decision, i) => ({
        decision,
        title: ['App release 5.0', 'Late payment fee of 2.50', 'Mobile tariffs +1.99 a month'][i]!,
        kind: ['launch', 'fee', 'price'][i]!,
        effectiveFrom: '2026-01-15',
        announcedAt: null,
        effectiveTo: null,
        population: null,
        reasons: null,
        expectedContactsPerMonth: null,
        expectedRevenuePerMonth: null,
      })),
      owners: [
        { decision: 'APP-5', unit: owner(1), share: '1' },
        { decision: 'FEE-LATE', unit: owner(0), share: '1' },
        { decision: 'PRICE-MOBILE', unit: owner(3), share: shape.shares?.[0] ?? '0.6' },
        { decision: 'PRICE-MOBILE', unit: owner(5), share: shape.shares?.[1] ?? '0.4' },
      ].map((row) => ({ ...row, share: Fraction.parse(row.share), validFrom: '2026-01-01', validTo: null })),
      reasons: reasons.map((reason, i) => ({
        reason,
        name: `Question ${i}`,
        parent: null,
        ownerUnit: i % 11 === 10 ? null : owner(i),
        demand: null,
        standardHandleSeconds: i % 7 === 6 ? null : 240 + 30 * (i % 9),
      })),
    }),
    ledger: [
      ['6000', 'VOICE', null, amount(0.3), 'EUR'],
      ['6010', 'VOICE', 'Hansa Personal GmbH', amount(0.12), 'EUR'],
      ['6000', 'CHAT', null, amount(0.09), 'EUR'],
      ['6000', 'EMAIL', null, amount(0.12), 'EUR'],
      ['6500', 'VENDOR', 'Connecta Services', amount(0.16), 'EUR'],
      ['6500', 'VENDOR', 'Connecta Services', -amount(0.01), 'EUR'],
      ['6200', 'IT', 'Clarion Cloud Inc', amount(0.07), 'USD'],
      ['6220', 'IT', null, amount(0.05), 'EUR'],
      ['6300', 'FAC', 'Elbe Immobilien KG', amount(0.06), 'EUR'],
      ['6310', 'FAC', 'Stadtwerke', amount(0.01), 'USD'],
      ['6400', 'HR', null, amount(0.03), 'EUR'],
      ['6700', 'SHOPS', null, amount(0.02), 'EUR'],
      ['6999', 'MISC', null, amount(0.004), 'EUR'],
    ].map(([account, costCenter, vendor, minor, currency], i) => ({
      entry: `${period}-${String(i + 1).padStart(4, '0')}`,
      account: account as string,
      costCenter: costCenter as string,
      vendor: vendor as string | null,
      amount: minor as bigint,
      currency: currency as string,
      postedAt: `${period}-28`,
      description: 'As booked',
    })),
    rates: new Map([['USD', Fraction.parse('0.9184')]]),
    capacity: new Map([
      [
        'voice',
        {
          fte: Fraction.parse(String(Math.ceil(used / 820_000))),
          paidHours: Fraction.of(160),
          shrinkage: Fraction.parse('0.32'),
          occupancy: Fraction.parse('0.86'),
        },
      ],
      ['chat', { practicalSeconds: Fraction.of(Math.round(used * 0.11)) }],
      ['email', { practicalSeconds: Fraction.of(Math.round(used * 0.26)) }],
    ]),
    cells,
    lastRates: new Map(),
    customerDays: [],
    increments: [],
    derivedStandards: new Map([['voice\u0000reason.006', Fraction.of(1003, 3)]]),
  };
}

const directUnit = (unit: string) => ({
  pools: [
    ...PLAIN_MODEL.pools,
    { code: 'shop_desk', name: 'Desk of the shops', kind: 'direct', unit, ledger: [{ account: '6700' }] },
  ],
});

function merged(plain: object, more: object): unknown {
  return Object.fromEntries(
    Object.entries({ ...plain, ...more }).map(([key, value]) => {
      const base = (plain as Record<string, unknown>)[key];
      const nested = base !== null && typeof base === 'object' && !Array.isArray(base) && key in more;
      return [key, nested ? { ...base, ...(value as object) } : value];
    }),
  );
}

const PLAIN_MODEL = {
  pools: [
    { code: 'it', name: 'IT', kind: 'support', ledger: [{ account: '62*' }] },
    {
      code: 'voice',
      name: 'Voice',
      kind: 'operating',
      ledger: [{ account: '60*', cost_center: 'VOICE' }],
      serves: { channel: ['voice'], except: { vendor: ['CONNECTA'] } },
      planned_buffer: 40000,
      variable_share: '0.35',
    },
    {
      code: 'chat',
      name: 'Chat',
      kind: 'operating',
      ledger: [{ account: '60*', cost_center: 'CHAT' }],
      serves: { channel: ['chat'] },
      concurrency: 2,
    },
    {
      code: 'email',
      name: 'E-mail',
      kind: 'operating',
      ledger: [{ account: '60*', cost_center: 'EMAIL' }],
      serves: { channel: ['email'] },
    },
    {
      code: 'partner',
      name: 'Partner Connecta',
      kind: 'operating',
      ledger: [{ account: '6500' }],
      serves: { vendor: ['CONNECTA'] },
      contract: { per_minute: '0.84' },
    },
    { code: 'facilities', name: 'Facilities', kind: 'support', ledger: [{ account: '63*' }] },
    { code: 'hr', name: 'People', kind: 'support', ledger: [{ account: '64*' }] },
  ],
  support: {
    method: 'reciprocal',
    drivers: {
      it: { voice: 60, chat: 24, email: 12, partner: 6, facilities: 4, hr: 4 },
      facilities: { voice: 620, chat: 230, email: 140, it: 90, hr: 60 },
      hr: { voice: 56, chat: 22, email: 12, it: 9, facilities: 5 },
    },
  },
  charging: {
    standard_rates: { voice: '0.0135', chat: '0.0140' },
    forecast: { voice: { MOBILE: 4500 } },
  },
  rules: [
    { name: 'tagged', tag: true },
    {
      name: 'app release',
      match: { reason: ['reason.00*'], product: ['mobile'] },
      to: [{ decision: 'APP-5', share: '0.3' }],
    },
    { name: 'owners', reason_owner: true },
  ],
  tiers: { B: 'charge' },
};
