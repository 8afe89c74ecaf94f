import { cellFaults, controlSample, proveRollUp } from '../../src/application/roll-up-control.ts';
import { readClose, readCosting } from '../../src/application/read-close.ts';
import { cellFacts, columnsAt } from '../../src/application/cells-at.ts';
import { period } from '../../src/domain/period.ts';
import { booksOf, close } from '../../src/domain/statements/close.ts';
import { coarseCells } from '../../src/domain/statements/coarse-cells.ts';
import { distinctionsOf } from '../../src/domain/statements/distinctions.ts';
import { documentsOf } from '../../src/domain/statements/document.ts';
import { cellList, cellSums, type CellSum } from '../../src/persistence/close-inputs.queries.ts';
import { rollUp } from '../../src/persistence/roll-up.queries.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';

const MARCH = period('2026-03');
const REASONS = ['billing.fee', 'delivery', 'other'];
const MODEL = `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }] }]
charging: { standard_rates: { voice: "0.05" } }
rules:
  - { name: tagged, tag: true }
  - { name: hit, exposure: "*", within_days: 20, several: time_decay, half_life_days: 5 }
  - { name: words, match: { text: { keywords: ["late fee", "réclamation"] } }, to: [{ unit: MOBILE, share: "0.3" }] }
  - { name: owners, reason_owner: true }
`;
const CONTACTS = 13_000; // above what a sample takes whole

/** Contacts with and without customers, cases, texts, decision codes, handle times; in February, too. */
const contacts = Array.from({ length: CONTACTS }, (_, i) => ({
  contact_id: `c${i}`,
  started_at: new Date(Date.UTC(2026, 1, 24) + ((i * 7919) % (35 * 24 * 60)) * 60_000).toISOString(),
  channel: i % 4 === 0 ? 'chat' : 'voice',
  reason_code: REASONS[i % 3]!,
  customer_id: i % 5 === 0 ? '' : `k${(i * 31) % 1700}`,
  case_id: i % 7 === 0 ? `case ${i % 400}` : '',
  handle_seconds: i % 11 === 0 ? '' : 30 + (i % 400),
  decision_code: i % 13 === 0 ? 'FEE' : '',
  text: i % 17 === 0 ? 'A Réclamation, "late fee"' : '',
}));
const exposures = Array.from({ length: 3000 }, (_, i) => ({
  exposure_id: `e${i}`,
  customer_id: `k${(i * 17) % 1700}`,
  decision_code: i % 3 === 0 ? 'OLD' : 'FEE',
  occurred_at: new Date(Date.UTC(2026, 1, 10) + ((i * 104_729) % (45 * 24 * 60)) * 60_000).toISOString(),
  amount: '3.00',
  waived: '',
  currency: 'EUR',
}));
const segments = contacts
  .filter(({ handle_seconds: seconds }, i) => i % 50 === 0 && seconds !== '')
  .flatMap(({ contact_id, handle_seconds: seconds }, i) => {
    const first = Math.floor((Number(seconds) * (i % 7)) / 7);
    return [
      { contact_id, reason_code: 'delivery', handle_seconds: first },
      { contact_id, reason_code: 'other', handle_seconds: Number(seconds) - first },
    ];
  });
const decision = { title: 'A fee', kind: 'fee', effective_from: '2026-01-01', reasons: 'billing.* | delivery' };
const owner = { share: '1', valid_from: '2026-01-01', valid_to: '' };
const files = (turn: <T>(rows: T[]) => T[]) => ({
  'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: Europe/Berlin\n',
  'units.csv': csv([
    { unit_code: 'RETAIL', name: 'Retail' },
    { unit_code: 'MOBILE', name: 'Mobile' },
  ]),
  'reasons.csv': csv(
    REASONS.map((reason_code) => ({
      reason_code,
      name: reason_code,
      owner_unit: 'RETAIL',
      standard_handle_seconds: 100,
    })),
  ),
  'decisions.csv': csv(
    turn([
      { decision_code: 'FEE', ...decision },
      { decision_code: 'OLD', ...decision },
    ]),
  ),
  'decision_owners.csv': csv([
    { decision_code: 'FEE', unit_code: 'RETAIL', ...owner },
    { decision_code: 'OLD', unit_code: 'MOBILE', ...owner },
  ]),
  'capacity.csv': csv([{ period: '2026-03', pool_code: 'voice', practical_seconds: 9_000_000 }]),
  'ledger.csv': csv([
    { entry_id: 'L1', period: '2026-03', account: '6000', cost_center: 'V', amount: '100000.00', currency: 'EUR' },
  ]),
  'model.yaml': MODEL,
  'contacts.csv': csv(turn(contacts)),
  'contact_segments.csv': csv(turn(segments)),
  'exposures.csv': csv(turn(exposures)),
});

describe('two roads to one roll-up', () => {
  let books: TestBooks;
  beforeAll(async () => {
    books = await testBooks();
    await books.given(files((rows) => rows));
  });
  afterAll(() => books.end());

  it('give one run, hash for hash: kernel, SQL, any slicing, one thread and two', async () => {
    const { runHash } = await books.periods.close(books.people.finance, MARCH, { control: 'full' });
    await books.db.books(async (tx) => {
      const reading = await readClose(tx, MARCH);
      const cells = await cellList(tx);
      const hashOf = (sums: readonly CellSum[]) => {
        const facts = cellFacts(sums, cells, reading.contacts);
        return documentsOf(close({ ...reading.inputs, cells: facts }), reading.context).runHash;
      };
      const sql = await cellSums(tx, reading.contacts);
      expect(sql.length).toBeGreaterThan(500);
      expect(hashOf(sql)).toBe(runHash);
      for (const [slices, threads] of [
        [1, 1],
        [2, 1],
        [5, 1],
        [64, 1],
        [2, 2],
        [9, 2],
      ] as const) {
        const { sums } = await rollUp(tx, reading.contacts, { slices, threads });
        expect(cellFaults(sums, sql)).toEqual([]);
        expect(hashOf([...sums].reverse())).toBe(runHash);
      }
    });
  });

  it('give the same run on cells that the model cannot tell apart taken together', async () => {
    await books.db.books(async (tx) => {
      const { contacts, inputs, context } = await readClose(tx, MARCH);
      const costing = await readCosting(tx, MARCH);
      const fine = close(inputs);
      const coarse = booksOf(costing.upper, costing.inputs);
      expect(coarse).toEqual(fine);
      expect(documentsOf(coarse, costing.context).runHash).toBe(documentsOf(fine, context).runHash);
      const cells = coarseCells(await columnsAt(tx, contacts), distinctionsOf(inputs.model, inputs.register));
      expect(cells.length).toBeLessThan(inputs.cells.length);
      const parts = (of: readonly { readonly parts: bigint }[]) => of.reduce((sum, cell) => sum + cell.parts, 0n);
      expect(parts(cells)).toBe(parts(inputs.cells));
    });
  });

  it('give the same run when the files come shuffled', async () => {
    const { runHash } = await books.periods.close(books.people.finance, MARCH, { preview: true });
    const others = await testBooks();
    try {
      await others.given(files(shuffled));
      expect((await others.periods.close(others.people.finance, MARCH)).runHash).toBe(runHash);
    } finally {
      await others.end();
    }
  });

  it('agree on a sample of customers, and whatever differs stops the close', async () => {
    await books.db.books(async (tx) => {
      const { contacts: reading } = await readClose(tx, MARCH);
      const sample = (await controlSample(tx, reading, 'sample'))!;
      const found = await rollUp(tx, reading, { sample });
      const parts = (sums: readonly CellSum[]) => sums.reduce((sum, cell) => sum + cell.parts, 0n);
      expect(found.sample.length).toBeGreaterThan(100);
      expect(parts(found.sample)).toBeLessThan(parts(found.sums));
      await proveRollUp(tx, reading, found, sample);
      const [first, ...rest] = found.sample;
      const wrong = { ...found, sample: [{ ...first!, seconds: first!.seconds + 1n }, ...rest] };
      await expect(proveRollUp(tx, reading, wrong, sample)).rejects.toThrow(/the kernel has .* seconds/);
      await expect(proveRollUp(tx, reading, { ...found, sample: rest }, sample)).rejects.toThrow(/no such cell/);
    });
  });

  it('are held against each other in full up to ten thousand contacts, and whenever asked', async () => {
    await books.db.books(async (tx) => {
      const { contacts: reading } = await readClose(tx, MARCH);
      expect(await controlSample(tx, reading, 'full')).toBeUndefined();
      expect(await controlSample(tx, { ...reading, period: period('2026-02') }, 'sample')).toBeUndefined();
    });
  });
});

/** Fixed, and far from the order given. */
function shuffled<T>(rows: T[]): T[] {
  return rows
    .map((row, i) => [Math.imul(i + 1, 0x9e3779b1) >>> 0, row] as const)
    .sort(([a], [b]) => a - b)
    .map(([, row]) => row);
}
