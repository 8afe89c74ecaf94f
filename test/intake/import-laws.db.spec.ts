import fc from 'fast-check';
import { csvLine } from '../../src/intake/csv-text.ts';
import { importingCompanies } from './importing-companies.ts';

const COLUMNS = [
  'contact_id',
  'started_at',
  'channel',
  'reason_code',
  'customer_id',
  'handle_seconds',
  'queue',
  'decision_code',
  'escalated',
  'transferred_from',
  'resolved',
  'text',
] as const;
type Row = Record<(typeof COLUMNS)[number], string>;

const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const rowOf = (id: string): fc.Arbitrary<Row> =>
  fc.record({
    contact_id: fc.constant(id),
    started_at: fc
      .integer({ min: 0, max: 120 * 24 * 60 })
      .map((m) => new Date(Date.UTC(2026, 0, 1) + m * 60_000).toISOString()),
    channel: some('voice', 'chat'),
    reason_code: some('billing', 'billing.fee', 'app'),
    customer_id: some('', 'K1', 'K2', 'Grüße'),
    handle_seconds: some('', '0', '61', '300'),
    queue: some('', 'q1', 'q2'),
    decision_code: some('', 'FEE'),
    escalated: some('', 'true', 'no'),
    transferred_from: some('', 'x'),
    resolved: some('', 'true', 'false'),
    text: some('', 'said "no", loudly', 'line\nbreak'),
  });
/** A file: some of twenty contacts in some order. */
const file = fc
  .shuffledSubarray(
    Array.from({ length: 20 }, (_, i) => `C${i}`),
    { minLength: 1 },
  )
  .chain((ids) => fc.tuple(...ids.map(rowOf)));
const csv = (rows: readonly Row[]): string =>
  [[...COLUMNS], ...rows.map((row) => COLUMNS.map((c) => row[c]))].map(csvLine).join('');

describe('laws of importing facts', () => {
  const { fresh, close } = importingCompanies();
  const runs = process.env['ANSWERABLE_FULL'] === undefined ? 6 : 60;

  it('the last content of every key stands, whichever way it came, in whatever order, and the roll-up is the sum', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 1, maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        async (files, straight) => {
          const [mixed, once] = [await fresh(), await fresh()];
          const last = new Map<string, Row>();
          for (const [i, rows] of files.entries()) {
            const known = rows.filter((row) => last.has(row.contact_id));
            const same = known.filter((row) => JSON.stringify(last.get(row.contact_id)) === JSON.stringify(row)).length;
            for (const row of rows) last.set(row.contact_id, row);
            const report = await mixed.load('contacts', csv(rows), { directFrom: straight[i] === true ? 0 : Infinity });
            expect(report.new).toBe(rows.length - known.length);
            expect(report.same).toBeGreaterThanOrEqual(same); // "no" and "" are the same flag
            expect(report.changed + report.same).toBe(known.length);
            expect(await mixed.rollupDifferences()).toEqual([]);
            expect(await mixed.packDifferences()).toEqual([]);
          }
          await once.load('contacts', csv([...last.values()].reverse()), { directFrom: 0 });
          expect(await mixed.contacts()).toEqual(await once.contacts());
          const again = await mixed.load(
            'contacts',
            csv([...last.values()].sort((a, b) => (a.contact_id < b.contact_id ? -1 : 1))),
          );
          expect(
            again.already !== undefined || (again.new === 0 && again.changed === 0 && again.importId === null),
          ).toBe(true);
          await close();
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
  });

  it('undoing in reverse order goes back through every state', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 3 }), async (files) => {
        const company = await fresh();
        const states: { id: string; before: unknown }[] = [];
        for (const rows of files) {
          const before = await company.contacts();
          const { importId } = await company.load('contacts', csv(rows));
          if (importId !== null) states.push({ id: importId, before });
        }
        if (states.length > 1) {
          const [first] = states;
          const touches = files[0]!.some((row) =>
            files
              .slice(1)
              .some((rows) =>
                rows.some(
                  (other) => other.contact_id === row.contact_id && JSON.stringify(other) !== JSON.stringify(row),
                ),
              ),
          );
          if (touches)
            await expect(company.imports.undo(company.finance, first!.id)).rejects.toThrow(
              /undo|later imports changed/,
            );
        }
        for (const { id, before } of states.reverse()) {
          await company.imports.undo(company.finance, id);
          expect(await company.contacts()).toEqual(before);
          expect(await company.rollupDifferences()).toEqual([]);
          expect(await company.packDifferences()).toEqual([]);
          await expect(company.imports.undo(company.finance, id)).rejects.toThrow(/is undone by/);
        }
        await close();
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });
});
