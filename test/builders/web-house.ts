import { existsSync, readFileSync } from 'node:fs';
import { configOf, type Config } from '../../src/config.ts';
import { startService, type RunningService } from '../../src/service.ts';
import { sharedPath } from '../shared-files.ts';
import { csv, testBooks, type TestBooks } from './books.ts';
import { APRIL, contact, HOUSE, MARCH, MAY, STANDARD_MODEL } from './small-house.ts';

/** Names that break pages that do not escape: two of ours, and a sample of the shared list where that is there. */
export const OWN_NAUGHTY: readonly string[] = [
  '<script>alert(1)</script> & "sons"',
  `"><img src=x onerror='alert(2)'>`,
];
export const SHARED_NAUGHTY = 'hostile/blns/blns.json';
export const NAUGHTY: readonly string[] = [...OWN_NAUGHTY, ...sharedSample()];

/** Every 25th string that a name may be: one line of at most 300 characters, without blanks at its ends. */
function sharedSample(): string[] {
  const path = sharedPath(SHARED_NAUGHTY);
  if (!existsSync(path)) return [];
  const all = JSON.parse(readFileSync(path, 'utf8')) as string[];
  return all
    .filter(
      (text) => text.trim() === text && text.length > 2 && text.length <= 300 && !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(text),
    )
    .filter((_, i) => i % 25 === 0);
}

export const PEOPLE = [
  { login: 'dana', name: 'Dana', role: 'finance', units: [] },
  { login: 'carl', name: 'Carl', role: 'controller', units: [] },
  { login: 'ravi', name: 'Ravi', role: 'unit_owner', units: ['RETAIL'] },
  { login: 'mia', name: 'Mia', role: 'service_leader', units: [] },
  { login: 'audra', name: 'Audra', role: 'auditor', units: [] },
] as const;
export type Login = (typeof PEOPLE)[number]['login'];

const PERIODS = [MARCH, APRIL, MAY];
const day = (i: number): string => String((i % 20) + 2).padStart(2, '0');

/**
 * The small house with a fee of RETAIL that loses money, a price of MOBILE without revenue of its own, and naughty
 * names of a unit, a decision and reasons. March and April are issued, May is in review.
 */
export const WEB_HOUSE: Readonly<Record<string, string>> = {
  ...HOUSE,
  'units.csv': csv([
    { unit_code: 'RETAIL', name: 'Retail', kind: 'business' },
    { unit_code: 'MOBILE', name: 'Mobile', kind: 'business' },
    { unit_code: 'ODD', name: OWN_NAUGHTY[0]!, kind: 'business' },
    { unit_code: 'SERVICE', name: 'Service', kind: 'service' },
  ]),
  'reasons.csv': csv([
    { reason_code: 'billing', name: 'Billing', owner_unit: 'RETAIL', standard_handle_seconds: 300 },
    { reason_code: 'network', name: 'Network', owner_unit: 'MOBILE', standard_handle_seconds: 300 },
    { reason_code: 'orphan', name: 'Nobody', owner_unit: '', standard_handle_seconds: 300 },
    { reason_code: 'odd', name: OWN_NAUGHTY[1]!, owner_unit: 'ODD', standard_handle_seconds: 300 },
    ...NAUGHTY.map((name, i) => ({ reason_code: `n.${i}`, name, owner_unit: 'RETAIL', standard_handle_seconds: 5 })),
  ]),
  'decisions.csv': csv([
    { decision_code: 'FEE', title: 'Late fee, 5.00', kind: 'fee', effective_from: '2026-03-01', reasons: 'billing' },
    { decision_code: 'PRICE', title: OWN_NAUGHTY[0]!, kind: 'price', effective_from: '2026-04-01', reasons: 'network' },
  ]),
  'decision_owners.csv': csv([
    { decision_code: 'FEE', unit_code: 'RETAIL', share: '1', valid_from: '2026-01-01' },
    { decision_code: 'PRICE', unit_code: 'MOBILE', share: '1', valid_from: '2026-01-01' },
  ]),
  'exposures.csv': csv(
    PERIODS.flatMap((of, month) =>
      Array.from({ length: 14 - 4 * month }, (_, i) => ({
        exposure_id: `${of}-e${i}`,
        customer_id: `C${month}-${i}`,
        decision_code: 'FEE',
        occurred_at: `${of}-${day(i - 1)}T08:00:00`,
        amount: '5.00',
        waived: i % 7 === 3 ? '5.00' : '',
        currency: 'EUR',
      })),
    ),
  ),
  'contacts.csv': csv(
    PERIODS.flatMap((of, month) => [
      ...Array.from({ length: 3 + month }, (_, i) =>
        contact(`${of}-f-${i}`, `${of}-${day(i)}`, 'billing', { customer_id: `C${month}-${i}` }),
      ),
      ...Array.from({ length: 2 }, (_, i) => contact(`${of}-r-${i}`, `${of}-${day(i)}`, 'billing')),
      ...Array.from({ length: 4 - month }, (_, i) =>
        contact(`${of}-m-${i}`, `${of}-${day(i)}`, 'network', { decision_code: month > 0 && i === 0 ? 'PRICE' : '' }),
      ),
      contact(`${of}-odd`, `${of}-05`, 'odd'),
      contact(`${of}-nobody`, `${of}-06`, 'orphan'),
      ...(of === MAY ? NAUGHTY.map((_, i) => contact(`naughty-${i}`, `${of}-09`, `n.${i}`)) : []),
    ]),
  ),
  'model.yaml': `${STANDARD_MODEL.replace(
    'rules: [',
    'rules: [{ name: fee, exposure: FEE, within_days: 20, background: keep }, ',
  ).trimEnd()}\nretention: { windows_days: [30], margin_rate: '0.35' }\n`,
};

export interface WebHouse {
  readonly books: TestBooks;
  readonly service: RunningService;
  readonly address: string;
  end(): Promise<void>;
}

/** The service on a database of its own, filled with the house. */
export async function webHouse(environment: Readonly<Record<string, string>> = {}): Promise<WebHouse> {
  const books = await testBooks();
  await books.given(WEB_HOUSE);
  for (const person of PEOPLE) await books.users.add(books.people.admin, person);
  const [dana, carl] = [await books.users.actorByLogin('dana'), await books.users.actorByLogin('carl')];
  for (const period of PERIODS) {
    await books.periods.close(dana, period);
    await books.periods.submit(dana, period);
    if (period === MAY) break;
    await books.periods.approve(carl, period);
    await books.periods.issue(carl, period);
  }
  const service = await startService(freePort(configOf({ LOG_LEVEL: 'silent', ...environment })), books.db, {
    demoPeople: PEOPLE,
  });
  const end = async (): Promise<void> => {
    await service.stop();
    await books.end();
  };
  return { books, service, address: service.address, end };
}

/** Whichever port is free; the environment cannot say that. */
function freePort(config: Config): Config {
  return Object.assign(config, { port: 0 });
}
