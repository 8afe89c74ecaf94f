import fc from 'fast-check';
import { CellBook } from '../../src/intake/cells.ts';
import { readCsv } from '../../src/intake/csv-reader.ts';
import { csvLine } from '../../src/intake/csv-text.ts';
import { FactEncoder } from '../../src/intake/fact-encoder.ts';
import { KeyHashes } from '../../src/intake/key-hashes.ts';
import { kindNamed } from '../../src/intake/kinds/all.ts';
import type { Kind } from '../../src/intake/kinds/kind.ts';
import { bindHeader, RowCheck } from '../../src/intake/row-check.ts';
import type { RowFault } from '../../src/intake/rows.ts';
import { Totals } from '../../src/intake/totals.ts';
import { exampleRow, someBooks } from './checking.ts';

/** Encodes a CSV text; `fast` from its bytes, else from its texts. */
async function encoded(kind: Kind, text: string, fast: boolean) {
  const faults: RowFault[] = [];
  const notes: string[] = [];
  async function* chunks() {
    yield await Promise.resolve(Buffer.from(text));
  }
  const source = await readCsv(chunks(), { file: kind.file, onFault: (f) => faults.push(f) });
  const binding = bindHeader(kind, source.header, kind.file);
  const books = someBooks();
  const check = new RowCheck(
    kind,
    binding,
    books,
    kind.file,
    (f) => faults.push(f),
    (code, line) => notes.push(`${code} ${line}`),
  );
  const totals = new Totals(kind);
  const cells = kind.name === 'contacts' ? new CellBook() : undefined;
  const hashes = new KeyHashes(1024);
  const encoder = new FactEncoder(kind, binding, books, kind.file, check, totals, cells, undefined, hashes);
  const days: number[] = [];
  if (fast) {
    for await (const batch of source.spans!)
      for (let r = 0; r < batch.count; r++) if (encoder.encode(batch, r)) days.push(encoder.day);
  } else {
    for await (const batch of source.rows) for (const row of batch) if (encoder.encodeText(row)) days.push(encoder.day);
  }
  return {
    bytes: encoder.out.bytes.subarray(0, encoder.out.length).toString('hex'),
    days,
    faults: faults.map(({ line, column, value, code }) => ({ line, column, value, code })),
    notes,
    totals: totals.of([]),
    cells: [...(cells?.fresh() ?? [])],
    range: encoder.keys.keyRange(),
    hashes: Buffer.concat([...hashes.pieces()]).toString('hex'),
  };
}

const odd = fc.constantFrom(
  '',
  '0',
  '00',
  '-0',
  '-1',
  '1.5',
  '1.50',
  '0.001',
  '007',
  '1e3',
  '999999999',
  '9999999999',
  'true',
  'False',
  'yes',
  'true ',
  'EUR',
  'JPY',
  'XXX',
  'eur',
  'A B',
  ' A',
  'A ',
  'Grüße',
  '客',
  'a,b',
  'a"b',
  'a\nb',
  'mail me at a@b.example',
  'ring +49 30 901820',
  '2026-03-29T02:30:00',
  '2026-10-25T02:30:00',
  '2026-07-02',
  '2020-02-29',
  '2021-02-29',
  '2026-7-2',
  '0001-01-01',
  '1899-12-31',
  '2026-07-02T10:00:00.5Z',
  '2026-07-02T10:00:00+05:30',
  'billing',
  'biling',
  'APP-5',
  'inbound',
  'Outbound',
  'refund',
  'referral',
  'x'.repeat(56),
  'x'.repeat(201),
  '123456789012.34',
  '8.50',
  '-8.50',
  '\u00a0',
  'x\u0007',
);

describe.each(['contacts', 'contact_segments', 'exposures', 'revenue', 'customers'])('encoding %s', (name) => {
  const kind = kindNamed(name);
  const columns = kind.columns.map((column) => column.name);

  it('from bytes gives what encoding from checked texts gives: the same rows, faults, notes, totals, cells, hashes', async () => {
    const row = fc.record(Object.fromEntries(columns.map((c) => [c, fc.option(odd, { nil: undefined, freq: 6 })])));
    const change = (c: string, value: string | undefined, i: number): string =>
      value ?? (c === kind.key[0] ? `K${i}` : exampleRow(kind)[c]!);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(row, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 6 }),
        fc.subarray(columns.filter((c) => kind.columns.find((k) => k.name === c)!.required !== true)),
        async (rows, left) => {
          const header = columns.filter((c) => !left.includes(c));
          // few odd fields a row, so that rows are also taken
          const lines = rows.map(([odds, few], i) =>
            header.map((c, at) =>
              change(c, (at + few) % 4 === 0 ? (odds as Record<string, string | undefined>)[c] : undefined, i),
            ),
          );
          const text = [header, ...lines, ...lines].map(csvLine).join('');
          expect(await encoded(kind, text, true)).toEqual(await encoded(kind, text, false));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('sends plain rows the fast way', async () => {
    const text = [
      columns,
      ...Array.from({ length: 50 }, (_, i) => columns.map((c) => (c === kind.key[0] ? `K${i}` : exampleRow(kind)[c]!))),
    ]
      .map(csvLine)
      .join('');
    const spy = jest.spyOn(RowCheck.prototype, 'check');
    await encoded(kind, text, true);
    expect(spy.mock.calls.length).toBeLessThanOrEqual(1);
    spy.mockRestore();
  });
});
