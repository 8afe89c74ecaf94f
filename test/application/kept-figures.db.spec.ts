import fc from 'fast-check';
import { DecisionsService } from '../../src/application/decisions.service.ts';
import { Refusal } from '../../src/domain/errors.ts';
import type { Period } from '../../src/domain/period.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { APRIL, contact, ledgerEntry, MARCH, MAY } from '../builders/small-house.ts';
import { WEB_HOUSE } from '../builders/web-house.ts';

jest.setTimeout(300_000);

const PERIODS = [MARCH, APRIL, MAY];
const RUNS = process.env['ANSWERABLE_FULL'] ? 30 : 2;

/** Contacts with cases, tags and text, and a rule that asks for evidence: everything that is kept has something to keep. */
const MODEL = WEB_HOUSE['model.yaml']!.replace(
  'background: keep }, ',
  'background: deduct }, { name: price, incremental: PRICE }, ',
);

type Step = (books: TestBooks, n: number, of: Period) => Promise<unknown>;

const STEPS: Readonly<Record<string, Step>> = {
  'an exposure more': (books, n, of) =>
    books.given({
      'exposures.csv': csv([
        {
          ...{ exposure_id: `late-${n}`, customer_id: `C${n % 3}-1`, decision_code: 'FEE' },
          ...{ occurred_at: `${of}-01T06:00:00`, amount: '5.00', waived: '', currency: 'EUR' },
        },
      ]),
    }),
  'a contact more': (books, n, of) =>
    books.given({ 'contacts.csv': csv([contact(`more-${n}`, `${of}-07`, 'billing', { customer_id: `C${n % 3}-2` })]) }),
  'a contact corrected, to another month': (books, n, of) =>
    books.given({ 'contacts.csv': csv([contact(`${MARCH}-r-1`, `${of}-09`, 'network', { handle_seconds: 60 + n })]) }),
  'segments of a contact': (books, n, of) =>
    books.given({
      'contact_segments.csv': csv([
        { contact_id: `${of}-m-1`, reason_code: 'network', handle_seconds: 200 + (n % 300) },
        { contact_id: `${of}-m-1`, reason_code: 'billing', handle_seconds: 400 - (n % 300) },
      ]),
    }),
  'a ledger entry changed': (books, n, of) =>
    books.given({ 'ledger.csv': csv([ledgerEntry(`V-${of}`, of, '6000', `${900 + n}.00`)]) }),
  'another capacity': (books, n, of) =>
    books.given({ 'capacity.csv': csv([{ period: of, pool_code: 'voice', practical_seconds: 21_000 + n }]) }),
  'a refund': (books, n, of) =>
    books.given({
      'revenue.csv': csv([
        {
          ...{ event_id: `refund-${n}`, customer_id: 'C0-1', occurred_at: `${of}-20T06:00:00`, kind: 'refund' },
          ...{ amount: '-5.00', currency: 'EUR', decision_code: 'FEE' },
        },
      ]),
    }),
  'a decision of other reasons': (books, n) =>
    books.given({
      'decisions.csv': csv([
        {
          ...{ decision_code: 'FEE', title: `Late fee ${n}`, kind: 'fee', effective_from: '2026-03-01' },
          reasons: n % 2 === 0 ? 'billing' : 'billing | network',
        },
      ]),
    }),
  'another rate': (books, n) =>
    books.models.apply(books.people.finance, MODEL.replace('0.0501', `0.05${10 + (n % 80)}`)),
  'another rule': (books, n) =>
    books.models.apply(books.people.finance, MODEL.replace('within_days: 20', `within_days: ${5 + (n % 30)}`)),
  'a month calculated': (books, _n, of) => books.periods.close(books.people.finance, of),
  'an import taken back': async (books) => {
    const [newest] = await books.imports.history(books.people.finance, 1);
    await books.imports.undo(books.people.finance, newest!.importId);
  },
};

const forget = (books: TestBooks): Promise<unknown> => books.sql('delete from kept_figure');

/** Everything that kept figures go into. */
async function figuresOf(books: TestBooks): Promise<object> {
  const { finance } = books.people;
  const decisions = new DecisionsService(books.db);
  const reports = [];
  for (const code of ['FEE', 'PRICE'])
    for (const evidence of [undefined, false] as const)
      reports.push(await decisions.report(finance, code, evidence === undefined ? {} : { evidence }));
  const closes = [];
  for (const period of PERIODS) {
    const { runHash, document } = await books.periods.close(finance, period, { preview: true });
    closes.push({ runHash, document });
  }
  const set = (await books.statements.document(finance, MARCH)) as unknown as {
    units: { lines: { id: string; kind: string }[] }[];
  };
  const line = set.units.flatMap(({ lines }) => lines).find(({ kind }) => kind === 'contacts')!;
  return {
    reports,
    closes,
    line: await books.explain.line(finance, line.id),
    contact: await books.explain.contact(finance, `${APRIL}-f-1`),
  };
}

describe('figures that are kept', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
    await books.given({ ...WEB_HOUSE, 'model.yaml': MODEL });
    for (const period of PERIODS) await books.periods.close(books.people.finance, period);
  });
  afterEach(() => books.end());

  it('are those that are made anew, whatever is imported, corrected, ruled, calculated or taken back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(2), fc.nat(999)), {
          minLength: 3,
          maxLength: 6,
        }),
        async (steps) => {
          for (const [step, month, n] of steps) {
            await STEPS[step]!(books, n, PERIODS[month]!).catch((error: unknown) => {
              if (!(error instanceof Refusal)) throw error;
            });
            const kept = await figuresOf(books);
            await forget(books);
            expect({ step, ...kept }).toEqual({ step, ...(await figuresOf(books)) });
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('every step by itself is seen in what rests on it', async () => {
    for (const [n, [step, deed]] of Object.entries(STEPS).entries()) {
      await deed(books, 40 + n, MARCH);
      const kept = await figuresOf(books);
      await forget(books);
      expect({ step, ...kept }).toEqual({ step, ...(await figuresOf(books)) });
    }
  });

  it('are made once, and anew only after what they rest on has changed', async () => {
    const kept = async (): Promise<string[]> =>
      (await books.sql<{ name: string }>('select subject || basis as name from kept_figure order by 1')).map(
        (r) => r.name,
      );
    await figuresOf(books);
    const before = await kept();
    await figuresOf(books);
    expect(await kept()).toEqual(before);
    // A ledger entry and a rate change no contact, no exposure and no evidence.
    await STEPS['a ledger entry changed']!(books, 7, MAY);
    await STEPS['another rate']!(books, 7, MAY);
    await figuresOf(books);
    expect(await kept()).toEqual(before);
    await STEPS['an exposure more']!(books, 7, MAY);
    await figuresOf(books);
    expect((await kept()).length).toBeGreaterThan(before.length);
  });

  it('are taken instead of made, but not by who proves the books', async () => {
    const { finance, auditor } = books.people;
    const { runHash } = await books.periods.close(finance, MAY, { preview: true });
    const empty = await books.sql<{ figures: Buffer }>(
      `select figures from kept_figure where subject like 'customer-days%' limit 1`,
    );
    expect(empty).toHaveLength(1);
    await books.sql(
      `update kept_figure set figures = (select figures from kept_figure where subject = $1 limit 1) where subject = $2`,
      [`roll-up of ${APRIL}`, `roll-up of ${MAY}`],
    );
    await expect(books.periods.close(finance, MAY, { preview: true })).rejects.toThrow(/contacts of 2026-05/);
    expect((await books.verify.verify(auditor)).differences).toEqual([]);
    await expect(books.periods.close(finance, MAY, { preview: true, control: 'full' })).resolves.toMatchObject({
      runHash,
    });
  });

  it('of a decision are shown to nobody who may not see it', async () => {
    const decisions = new DecisionsService(books.db);
    await decisions.report(books.people.finance, 'FEE');
    const mobile = { ...books.people.unit_owner, units: ['MOBILE'] };
    await expect(decisions.report(mobile, 'FEE')).rejects.toMatchObject({ code: 'no_such_decision' });
    await expect(books.db.read(mobile, (tx) => tx.query('select subject from kept_figure'))).rejects.toThrow(
      /permission denied/,
    );
  });
});
