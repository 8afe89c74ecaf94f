import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { contact, HOUSE, JUNE, MAY, sectionOf } from '../builders/small-house.ts';

const SIXTEEN = Array.from({ length: 16 }, (_, i) => i);

/** Deeds at once, on a pool of eight connections. @returns values of those that were done, codes of those refused */
async function atOnce<T>(deed: (i: number) => Promise<T>): Promise<{ done: T[]; refused: string[] }> {
  const outcomes = await Promise.allSettled(SIXTEEN.map(deed));
  return {
    done: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    refused: outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { code?: string }).code ?? String(outcome.reason)] : [],
    ),
  };
}

describe('sixteen at once', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
    await books.given(HOUSE);
  });
  afterEach(() => books.end());
  const one = async (query: string) =>
    (await books.sql<{ n: number }>(`select count(*)::int as n from ${query}`))[0]!.n;

  it('closes of one period give one run', async () => {
    const { done, refused } = await atOnce(() => books.periods.close(books.people.finance, MAY));
    expect(refused).toEqual([]);
    expect(new Set(done.map(({ runId }) => runId)).size).toBe(1);
    expect(done.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await one('run')).toBe(1);
    expect(await one(`audit_event where deed = 'period.close'`)).toBe(1);
  });

  it('submits, approvals and issues of one period happen exactly once', async () => {
    await books.periods.close(books.people.finance, MAY);
    const submits = await atOnce(() => books.periods.submit(books.people.finance, MAY));
    const approvals = await atOnce(() => books.periods.approve(books.people.controller, MAY));
    const issues = await atOnce(() => books.periods.issue(books.people.controller, MAY));
    for (const { done, refused } of [submits, approvals, issues]) {
      expect(done).toHaveLength(1);
      expect(refused).toEqual(Array.from({ length: 15 }, () => 'wrong_state'));
    }
    expect([
      await one('issue'),
      await one('issued_statement'),
      await one(`audit_event where deed = 'statement.issue'`),
    ]).toEqual([1, 3, 3]);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });

  it('imports, closes and the issue of one period: what comes too late lands in the open one, nothing is lost or doubled', async () => {
    const late = (i: number) =>
      books.given({
        'contacts.csv': csv([contact(`p-${i}`, '2026-05-10', 'billing'), contact(`q-${i}`, '2026-05-11', 'network')]),
      });
    const { refused } = await atOnce(async (i) => {
      if (i % 4 < 2) return await late(i);
      if (i % 4 === 2) return await books.periods.close(books.people.finance, MAY).then(() => undefined);
      return await books.issue(MAY);
    });
    expect(refused.filter((code) => code !== 'wrong_state')).toEqual([]);
    if ((await books.periods.list(books.people.finance)).find(({ period }) => period === MAY)!.state !== 'closed') {
      await books.periods.reopen(books.people.controller, MAY, 'settle').catch(() => undefined);
      await books.issue(MAY);
    }
    const issued = await books.statements.document(books.people.auditor, MAY);
    const document = (await books.periods.close(books.people.finance, JUNE)).document;
    const contacts = (of: unknown, unit: string, lines: 'lines' | 'adjustmentLines') =>
      sectionOf(of, unit)[lines].reduce((sum, line) => sum + Number(line['contacts']), 0);
    for (const [unit, before] of [
      ['RETAIL', 6],
      ['MOBILE', 4],
    ] as const)
      expect(contacts(issued, unit, 'lines') + contacts(document, unit, 'adjustmentLines')).toBe(before + 8);
    await books.issue(JUNE);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });

  it('rulings of one dispute and approvals of one correction happen exactly once', async () => {
    await books.issue(MAY);
    const asked = await books.corrections.ask(books.people.finance, {
      chargePeriod: MAY,
      unit: 'RETAIL',
      amount: '1.00',
      why: 'x',
    });
    const approvals = await atOnce(() => books.corrections.approve(books.people.controller, asked.id));
    expect([approvals.done.length, new Set(approvals.refused)]).toEqual([1, new Set(['approved_already'])]);
    const [line] = await books.sql<{ line_id: string }>(
      `select line_id from statement_line where unit_code = 'RETAIL' and kind = 'contacts'`,
    );
    const owner = { ...books.people.unit_owner, units: ['RETAIL'] };
    const opened = await books.disputes.open(owner, line!.line_id, { reason: 'x' });
    const rulings = await atOnce((i) =>
      books.disputes.rule(books.people.controller, opened.id, { accept: i % 2 === 0, reason: `by ${i}` }),
    );
    expect([rulings.done.length, new Set(rulings.refused)]).toEqual([1, new Set(['dispute_ruled'])]);
    expect(await one('adjustment')).toBe(2 + (rulings.done[0]!.state === 'accepted' ? 2 : 0));
    const { faults } = await books.audit.verify(books.people.auditor);
    expect(faults).toEqual([]);
  });

  it('the same dispute is opened once', async () => {
    await books.issue(MAY);
    const [line] = await books.sql<{ line_id: string }>(
      `select line_id from statement_line where unit_code = 'RETAIL' and kind = 'contacts'`,
    );
    const owner = { ...books.people.unit_owner, units: ['RETAIL'] };
    const { done, refused } = await atOnce(() => books.disputes.open(owner, line!.line_id, { reason: 'x' }));
    expect(done).toHaveLength(1);
    expect(new Set(refused)).toEqual(new Set(['dispute_open']));
  });
});
