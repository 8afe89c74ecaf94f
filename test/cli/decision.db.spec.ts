import { period } from '../../src/domain/period.ts';
import type { DecisionReport } from '../../src/application/decisions.service.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { feeCompany } from '../builders/fee-company.ts';
import { answerableHere, type Outcome } from './answerable.ts';

describe('answerable decision', () => {
  let books: TestBooks;
  let token: string;
  const run = async (...args: string[]): Promise<Outcome> =>
    await answerableHere(args, { DATABASE_URL: books.database.appUrl, ANSWERABLE_TOKEN: token });

  beforeAll(async () => {
    books = await testBooks();
    await books.given(feeCompany(520));
    ({ token } = await books.users.createToken(books.people.finance, 'finance', 'test', 1));
  });
  afterAll(() => books.end());

  it('lists the decisions, and refuses one whose months are not closed, with what to do', async () => {
    const list = await run('decision', '--list');
    expect(list.stdout).toMatch(/^FEE +A fee of 3\.00 +fee +2026-03-01/m);
    expect(list.stderr).toContain('next: answerable decision FEE');
    expect(JSON.parse((await run('decision', '--list', '--json')).stdout)).toMatchObject({
      decisions: [{ decision: 'FEE' }],
    });
    const early = await run('decision', 'FEE');
    expect(early.exitCode).toBe(3);
    expect(early.stderr).toContain('answerable close 2026-03');
  });

  it('says what the decision earned and cost, on the screen and as JSON', async () => {
    await books.periods.close(books.people.finance, period('2026-03'));
    const report = JSON.parse((await run('decision', 'FEE', '--json')).stdout) as DecisionReport;
    expect(report).toMatchObject({ decision: 'FEE', from: '2026-03', to: '2026-03', net: '26620.00' });
    const { stdout } = await run('decision', 'FEE', '--from', '2026-03', '--to', '2026-03');
    expect(stdout).toMatch(/^net +26,620\.00 EUR, without retention 26,620\.00 EUR$/m);
    expect(stdout).toMatch(/^under water +no$/m);
    expect(stdout).toMatch(/^2026-03-02 +30,000\.00 +3,380\.00 +26,620\.00$/m);
  });

  it.each([
    ['neither a code nor --list', ['decision']],
    ['both', ['decision', 'FEE', '--list']],
    ['a month that is none', ['decision', 'FEE', '--from', '2026-13']],
  ])('is wrong usage with %s', async (_case, args) => {
    expect((await run(...args)).exitCode).toBe(2);
  });

  it('keeps what an owner says about it, and shows it to others', async () => {
    const { users, people } = books;
    await users.add(people.admin, { login: 'ravi', name: 'Ravi', role: 'unit_owner', units: ['RETAIL'] });
    const { token: own } = await users.createToken(people.admin, 'ravi', 'test', 1);
    const asRavi = (...args: string[]): Promise<Outcome> =>
      answerableHere(args, { DATABASE_URL: books.database.appUrl, ANSWERABLE_TOKEN: own });
    expect((await run('decision', 'FEE', '--notes')).stdout).toBe('no owner has said anything\n');
    const said = await asRavi('decision', 'FEE', '--note', 'waived from June on', '--json');
    expect(JSON.parse(said.stdout)).toMatchObject({
      notes: [{ decision: 'FEE', unit: 'RETAIL', writtenBy: 'ravi', text: 'waived from June on' }],
    });
    expect((await run('decision', 'FEE', '--notes')).stdout).toMatch(
      /^\d{4}-\d\d-\d\d ravi of RETAIL: waived from June on$/m,
    );
    const refused = await run('decision', 'FEE', '--note', 'mine, too');
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('ask someone who is unit_owner')]);
    expect((await asRavi('decision', 'FEE', '--note', ' ')).exitCode).toBe(3);
    expect((await run('decision', 'NONE', '--notes')).exitCode).toBe(3);
  });

  it('does not know a decision that is not registered', async () => {
    const { exitCode, stderr } = await run('decision', 'NONE');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('answerable decision --list');
  });
});
