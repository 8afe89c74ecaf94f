import { importingCompanies } from './importing-companies.ts';

const CONTACTS = 'contact_id,started_at,channel,reason_code,handle_seconds\n';
const SEGMENTS = 'contact_id,reason_code,handle_seconds\n';
const MANY = 900;

describe('segments of contacts', () => {
  const { fresh } = importingCompanies();
  const month = (n: number): number => 1 + (n % 3);
  const contact = (n: number, of: number, seconds: number): string =>
    `C-${n},2026-0${of}-07T10:00:00Z,voice,billing,${seconds}\n`;
  const two = (n: number, first: number, second: number): string => `C-${n},billing,${first}\nC-${n},app,${second}\n`;

  it.each([
    ['few of them, looked up month by month', 1],
    ['as many as contacts, which are all read', MANY],
  ])('take the day of their contact as it stands: %s', async (_how, some) => {
    const company = await fresh();
    const all = Array.from({ length: MANY }, (_, n) => contact(n, month(n), 60)).join('');
    await company.load('contacts', CONTACTS + all);
    // one is in another month after a correction, and one has other seconds
    const corrected = await company.load('contacts', CONTACTS + contact(0, 5, 60) + contact(1, month(1), 90));
    expect(corrected).toMatchObject({ changed: 2 });
    await company.rows('analyze');
    await company.db.whole(async () => {
      const file = SEGMENTS + Array.from({ length: some }, (_, n) => two(n, 20, n === 1 ? 70 : 40)).join('');
      expect(await company.load('contact_segments', file)).toMatchObject({ new: 2 * some, faultCount: 0 });
    });
    expect(
      await company.rows(
        `select contact_id, started_on::text as day from contact_segment where contact_id = 'C-0' order by reason_code`,
      ),
    ).toEqual([
      { contact_id: 'C-0', day: '2026-05-07' },
      { contact_id: 'C-0', day: '2026-05-07' },
    ]);
    const bad = SEGMENTS + two(2, 20, 41) + 'C-none,billing,60\n';
    const report = await company.load('contact_segments', bad);
    expect(report.faults.map(({ code, line }) => [code, line])).toEqual(
      expect.arrayContaining([['unknown_contact', 4]]),
    );
    expect(report.faults.some(({ line }) => line === 2)).toBe(true);
  });
});
