import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { contact, HOUSE, MARCH } from '../builders/small-house.ts';

const UNITS = ['A', 'B', 'C', 'D', 'E'];

/** Five units with a reason each: the same contacts, another standard. */
const five = (units: readonly string[]): Readonly<Record<string, string>> => ({
  ...HOUSE,
  'units.csv': csv([
    ...units.map((code) => ({ unit_code: code, name: `Unit ${code}`, kind: 'business' })),
    { unit_code: 'RETAIL', name: 'Retail', kind: 'business' },
    { unit_code: 'SERVICE', name: 'Service', kind: 'service' },
  ]),
  'reasons.csv': csv(
    units.map((code, i) => ({
      ...{ reason_code: `r.${code}`, name: code, owner_unit: code, standard_handle_seconds: 100 * (i + 1) },
    })),
  ),
  'contacts.csv': csv(
    units.flatMap((code) => [1, 2].map((i) => contact(`${code}-${i}`, `${MARCH}-0${i}`, `r.${code}`))),
  ),
});

describe('what a contact costs the other units', () => {
  let books: TestBooks;
  afterEach(() => books.end());

  const ownerOf = async (unit: string) => {
    await books.users.add(books.people.admin, { login: 'owner', name: 'Owner', role: 'unit_owner', units: [unit] });
    return await books.users.actorByLogin('owner');
  };

  it('is told without a name, dearest first, with the own unit marked', async () => {
    books = await testBooks();
    await books.given(five(UNITS));
    await books.periods.close(books.people.finance, MARCH);
    const owner = await ownerOf('B');
    const rates = (await books.statements.peerRates(owner, MARCH, 'B'))!;
    expect(rates.map(({ own }) => own)).toEqual([false, false, false, true, false]);
    expect(rates.map(({ perContact }) => Number(perContact))).toEqual(
      [...rates.map(({ perContact }) => Number(perContact))].sort((a, b) => b - a),
    );
    expect(JSON.stringify(rates)).not.toMatch(/Unit|"[A-E]"/);
    await expect(books.statements.peerRates(owner, MARCH, 'A')).rejects.toMatchObject({ code: 'no_such_statement' });
  });

  it('is not told where the others are too few to stay unknown', async () => {
    books = await testBooks();
    await books.given(five(UNITS.slice(0, 4)));
    await books.periods.close(books.people.finance, MARCH);
    expect(await books.statements.peerRates(await ownerOf('B'), MARCH, 'B')).toBeNull();
  });
});
