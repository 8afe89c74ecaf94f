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
  'background: deduct }, { name: price, incremental: PRICE }, ' +
    '{ name: networks, match: { reason: [network] }, to: [{ unit: RETAIL, share: "0.1" }] }, ',
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

type Level = 'upper roll-up' | 'coarse roll-up' | 'roll-up';

const CELLS: readonly Level[] = ['upper roll-up', 'coarse roll-up', 'roll-up'];

const anotherModel =
  (from: string | RegExp, to: string): Step =>
  (books) => {
    const model = MODEL.replace(from, to);
    expect(model).not.toBe(MODEL);
    return books.models.apply(books.people.finance, model);
  };

const reasonsWith = (standard: number, owner: string): Step => {
  const row = { reason_code: 'billing', name: 'Billing', owner_unit: owner, standard_handle_seconds: standard };
  return (books) => books.given({ 'reasons.csv': csv([row]) });
};

/** From its owner to RETAIL and MOBILE. */
const handedOver =
  (decision_code: string, owner: string, lastDay: string, firstDay: string): Step =>
  (books) =>
    books.given({
      'decision_owners.csv': csv([
        { decision_code, unit_code: owner, share: '1', valid_from: '2026-01-01', valid_to: lastDay },
        { decision_code, unit_code: 'RETAIL', share: '0.7', valid_from: firstDay, valid_to: '' },
        { decision_code, unit_code: 'MOBILE', share: '0.3', valid_from: firstDay, valid_to: '' },
      ]),
    });

const given =
  (files: Record<string, string>): Step =>
  (books) =>
    books.given(files);

/** What is made anew of May after each change: everything else comes from what is kept. */
const REMADE: Readonly<Record<string, readonly [Step, readonly Level[]]>> = {
  'a standard rate': [STEPS['another rate']!, []],
  'no standard rate': [anotherModel(/charging: {[^}]*} }/, 'charging: { unused_capacity: proportional }'), []],
  'standard seconds of the model': [
    anotherModel('standard_rates:', 'standard_seconds: { voice: { "bill*": 240 } }, standard_rates:'),
    [],
  ],
  'standard seconds of a reason': [reasonsWith(280, 'RETAIL'), []],
  'the cost of a pool': [STEPS['a ledger entry changed']!, []],
  'the cost of support, in another currency': [
    given({
      'ledger.csv': csv([{ ...ledgerEntry('I-usd', MAY, '6200', '70.00'), currency: 'USD' }]),
      'fx.csv': csv([{ period: MAY, currency: 'USD', rate: '0.9137' }]),
    }),
    [],
  ],
  'a rate of exchange': [given({ 'fx.csv': csv([{ period: MAY, currency: 'USD', rate: '0.9' }]) }), []],
  'a share of support': [anotherModel('{ it: { voice: 1 } }', '{ it: { voice: 3, desk: 1 } }'), []],
  'a capacity': [STEPS['another capacity']!, []],
  'a reserved capacity': [
    anotherModel('charging: {', 'charging: { unused_capacity: reserved, reserved: { RETAIL: 6000 },'),
    [],
  ],
  'a name': [given({ 'units.csv': csv([{ unit_code: 'MOBILE', name: 'Phones', kind: 'business' }]) }), []],
  'the share and the taker of a rule': [
    anotherModel('unit: RETAIL, share: "0.1"', 'unit: MOBILE, share: "0.25"'),
    ['upper roll-up'],
  ],
  'a rule on dimensions': [
    anotherModel(
      'rules: [',
      'rules: [{ name: chat, match: { channel: [chat] }, to: [{ unit: MOBILE, share: "0.4" }] }, ',
    ),
    ['upper roll-up', 'coarse roll-up'],
  ],
  'a rule on a dimension that none looked at': [
    anotherModel(
      'rules: [',
      'rules: [{ name: v, match: { vendor: [ACME], language: ["(none)"] }, to: [{ unit: MOBILE }] }, ',
    ),
    ['upper roll-up', 'coarse roll-up'],
  ],
  'what is done with a tier': [anotherModel('rules: [', 'tiers: { D: show }\nrules: ['), ['upper roll-up']],
  'the basis of the charge': [
    anotherModel(/charging: .*/, 'charging: { basis: actual }'),
    ['upper roll-up', 'coarse roll-up'],
  ],
  'a time equation': [
    anotherModel(
      'rules: [',
      'time_equations: [{ reasons: ["bill*"], base: 200, add: [{ when: { site: [north] }, seconds: 60 }] }]\nrules: [',
    ),
    ['upper roll-up', 'coarse roll-up'],
  ],
  'the owner of a reason': [reasonsWith(300, 'MOBILE'), ['upper roll-up']],
  'the owners of a decision': [
    handedOver('FEE', 'RETAIL', '2026-04-30', '2026-05-01'),
    ['upper roll-up', 'coarse roll-up'],
  ],
  'the owners of a decision, from a day of the month on': [
    handedOver('PRICE', 'MOBILE', '2026-05-12', '2026-05-13'),
    CELLS,
  ],
  'the reasons of a decision': [
    (books, _, of) => STEPS['a decision of other reasons']!(books, 1, of),
    ['upper roll-up', 'coarse roll-up'],
  ],
  'a rule on exposures': [STEPS['another rule']!, CELLS],
  'a rule on text': [
    anotherModel(
      'rules: [',
      'rules: [{ name: words, match: { text: { keywords: [bill] } }, to: [{ unit: MOBILE }] }, ',
    ),
    CELLS,
  ],
  'an exposure': [STEPS['an exposure more']!, CELLS],
  'a contact': [STEPS['a contact more']!, CELLS],
  'a contact corrected': [
    given({ 'contacts.csv': csv([contact(`${MAY}-r-1`, `${MAY}-09`, 'network', { handle_seconds: 61 })]) }),
    CELLS,
  ],
  'an import taken back': [STEPS['an import taken back']!, CELLS],
};

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
    await STEPS['another rate']!(books, 6, MAY);
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
    for (const level of CELLS) {
      await books.sql(
        `update kept_figure set figures = (select figures from kept_figure where subject = $1 limit 1) where subject = $2`,
        [`${level} of ${APRIL}`, `${level} of ${MAY}`],
      );
      await expect(books.periods.close(finance, MAY, { preview: true })).rejects.toThrow(/contacts of 2026-05/);
      // The level below is read only where the upper one is not there.
      if (level !== 'roll-up') await books.sql('delete from kept_figure where subject like $1', [`${level}%`]);
    }
    expect((await books.verify.verify(auditor)).differences).toEqual([]);
    await expect(books.periods.close(finance, MAY, { preview: true, control: 'full' })).resolves.toMatchObject({
      runHash,
    });
  });

  it('are made anew level by level: rates leave the upper roll-up, shares and takers the coarse cells, patterns the cells', async () => {
    const { finance } = books.people;
    const kept = async (): Promise<Set<string>> =>
      new Set(
        (
          await books.sql<{ name: string }>(
            `select subject || ' ' || basis as name from kept_figure where subject like '%roll-up of ${MAY}'`,
          )
        ).map(({ name }) => name),
      );
    const levelsMade = async (before: ReadonlySet<string>): Promise<Level[]> => {
      const names = [...(await kept())].filter((name) => !before.has(name));
      return names
        .map((name) => name.slice(0, name.indexOf(' of ')) as Level)
        .sort((a, b) => CELLS.indexOf(a) - CELLS.indexOf(b));
    };
    for (const [n, [change, [deed, levels]]] of Object.entries(REMADE).entries()) {
      await books.models.apply(finance, MODEL);
      await forget(books);
      await books.periods.close(finance, MAY, { preview: true });
      const before = await kept();
      expect(before.size).toBe(CELLS.length);
      await deed(books, n, MAY);
      const { runHash, document } = await books.periods.close(finance, MAY, { preview: true });
      expect([change, await levelsMade(before)]).toEqual([change, levels]);
      const whole = await books.periods.close(finance, MAY, { preview: true, control: 'full' });
      expect({ change, runHash, document }).toEqual({ change, runHash: whole.runHash, document: whole.document });
    }
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
