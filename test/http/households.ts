import { configOf } from '../../src/config.ts';
import type { Role } from '../../src/domain/roles.ts';
import { startService, type RunningService } from '../../src/service.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { APRIL, contact, HOUSE, MARCH } from '../builders/small-house.ts';

/** Units as seen from RETAIL, whose owner is ravi: each has a reason, a decision, contacts, a statement and a dispute. */
export const RELATIONS = { own: 'RETAIL', child: 'SHOPS', parent: 'CONSUMER', sibling: 'MOBILE' } as const;
export type Relation = keyof typeof RELATIONS;
const UNITS = Object.values(RELATIONS);
export const OWNER = 'ravi';
export const NOT_OWNERS: readonly Role[] = ['finance', 'controller', 'cfo', 'service_leader', 'auditor', 'admin'];

const MODEL = `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }] }]
charging: { standard_rates: { voice: "0.0501" } }
rules: [{ name: tagged, tag: true }, { name: owners, reason_owner: true }]
`;

const FILES: Readonly<Record<string, string>> = {
  'company.yaml': HOUSE['company.yaml']!,
  'units.csv': csv([
    ...Object.entries({ CONSUMER: '', RETAIL: 'CONSUMER', SHOPS: 'RETAIL', MOBILE: 'CONSUMER' }).map(
      ([unit_code, parent_code]) => ({
        ...{ unit_code, name: `Name of ${unit_code}`, kind: 'business', parent_code },
        ...{ cost_center: `CC-${unit_code}`, legal_entity: 'One' },
      }),
    ),
    {
      unit_code: 'SERVICE',
      name: 'Service',
      kind: 'service',
      parent_code: '',
      cost_center: 'CC-S',
      legal_entity: 'One',
    },
  ]),
  'reasons.csv': csv(
    UNITS.map((unit) => ({
      reason_code: `reason-${unit}`,
      name: `About ${unit}`,
      owner_unit: unit,
      standard_handle_seconds: 300,
    })),
  ),
  'decisions.csv': csv(
    UNITS.map((unit) => ({
      decision_code: `D-${unit}`,
      title: `Title of ${unit}`,
      kind: 'fee',
      effective_from: '2026-03-01',
      reasons: `reason-${unit}`,
    })),
  ),
  'decision_owners.csv': csv(
    UNITS.map((unit) => ({ decision_code: `D-${unit}`, unit_code: unit, share: '1', valid_from: '2026-01-01' })),
  ),
  'ledger.csv': csv(
    [MARCH, APRIL].map((of) => ({
      entry_id: `V-${of}`,
      period: of,
      account: '6000',
      cost_center: 'CC',
      amount: '1000.00',
      currency: 'EUR',
    })),
  ),
  'capacity.csv': csv([MARCH, APRIL].map((of) => ({ period: of, pool_code: 'voice', practical_seconds: 20_000 }))),
  'contacts.csv': csv(
    [MARCH, APRIL].flatMap((of) =>
      UNITS.flatMap((unit, u) =>
        Array.from({ length: 2 + u }, (_, i) =>
          contact(`contact-of-${unit}-${of}-${i}`, `${of}-0${i + 1}`, `reason-${unit}`, {
            decision_code: i === 0 ? `D-${unit}` : '',
          }),
        ),
      ),
    ),
  ),
  'model.yaml': MODEL,
};

export interface Households {
  readonly books: TestBooks;
  readonly address: string;
  readonly service: RunningService;
  /** by unit: id of a line of the issued month, and of a dispute of another line */
  readonly lines: Readonly<Record<string, string>>;
  readonly disputes: Readonly<Record<string, string>>;
  /** texts that only those who may see a unit ever read */
  secretsOf(unit: string): string[];
  end(): Promise<void>;
}

/** A company with units above, below and beside ravi's: March is issued and disputed by all, April is calculated. */
export async function households(): Promise<Households> {
  const books = await testBooks();
  await books.given(FILES);
  await books.issue(MARCH);
  await books.periods.close(books.people.finance, APRIL);
  const rows = await books.sql<{ unit_code: string; line_id: string; decision_code: string | null; sha256: string }>(
    `select l.unit_code, l.line_id, l.decision_code, s.sha256 from statement_line l join period p using (run_id)
     join statement s using (run_id, unit_code) where p.period = '2026-03' order by l.line_id`,
  );
  const [lines, disputes]: Record<string, string>[] = [{}, {}];
  for (const unit of UNITS) {
    const owner = unit === 'RETAIL' ? OWNER : `owner-${unit.toLowerCase()}`;
    await books.users.add(books.people.admin, { login: owner, name: owner, role: 'unit_owner', units: [unit] });
    const [first, second] = rows.filter((row) => row.unit_code === unit);
    lines![unit] = first!.line_id;
    const actor = await books.users.actorByLogin(owner);
    disputes![unit] = (await books.disputes.open(actor, second!.line_id, { reason: `dispute-of-${unit}` })).id;
  }
  const config = Object.assign(configOf({ LOG_LEVEL: 'silent' }), { port: 0 });
  const service = await startService(config, books.db, { demoPeople: [], mostGuesses: 10_000 });
  return {
    books,
    address: service.address,
    service,
    lines: lines!,
    disputes: disputes!,
    secretsOf: (unit) => [
      ...[`Name of ${unit}`, `D-${unit}`, `Title of ${unit}`, `contact-of-${unit}`, `dispute-of-${unit}`, `CC-${unit}`],
      ...rows.filter((row) => row.unit_code === unit).flatMap((row) => [row.line_id, row.sha256]),
    ],
    end: async () => {
      await service.stop();
      await books.end();
    },
  };
}
