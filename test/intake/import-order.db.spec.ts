import fc from 'fast-check';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { HOUSE, MARCH } from '../builders/small-house.ts';

/** The hash of March's run as `verify` recomputes it from what is stored. */
async function hashOf(books: TestBooks): Promise<string> {
  await books.periods.close(books.people.finance, MARCH);
  const { checked, differences } = await books.verify.verify(books.people.auditor, MARCH);
  expect(differences).toEqual([]);
  return / ([0-9a-f]{64}): recomputed, identical$/.exec(checked[0]!)![1]!;
}

/** A file with its rows in another order, the header first. */
function shuffled(text: string, seed: number): string {
  const [header, ...rows] = text.trimEnd().split(/\r?\n/);
  const order = fc.sample(fc.shuffledSubarray(rows, { minLength: rows.length }), { numRuns: 1, seed })[0]!;
  return [header, ...order, ''].join('\n');
}

describe('the order of rows', () => {
  const all: TestBooks[] = [];
  const fresh = async (): Promise<TestBooks> => {
    const books = await testBooks();
    all.push(books);
    return books;
  };
  afterAll(async () => {
    for (const books of all) await books.end();
  });

  it('leaves no trace: shuffled files, parts of files and corrections on the way give the same hash', async () => {
    const straight = await fresh();
    await straight.given(HOUSE);
    const hash = await hashOf(straight);

    const mixed = await fresh();
    const tables = Object.entries(HOUSE).filter(([name]) => name.endsWith('.csv'));
    await mixed.given({ ...HOUSE, ...Object.fromEntries(tables.map(([name, text], i) => [name, shuffled(text, i)])) });
    expect(await hashOf(mixed)).toBe(hash);

    const corrected = await fresh();
    const contacts = HOUSE['contacts.csv']!.trimEnd().split(/\r?\n/);
    const wrong = [...contacts.slice(0, 12), ''].join('\n').replaceAll(',600,', ',60,');
    const ledger = HOUSE['ledger.csv']!;
    await corrected.given({ ...HOUSE, 'contacts.csv': wrong, 'ledger.csv': ledger.replace('1000.00', '1000.01') });
    expect(await hashOf(corrected)).not.toBe(hash);
    await corrected.given({ 'contacts.csv': shuffled(HOUSE['contacts.csv']!, 7), 'ledger.csv': ledger });
    expect(await hashOf(corrected)).toBe(hash);
  });
});
