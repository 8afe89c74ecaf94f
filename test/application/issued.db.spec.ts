import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readHeads } from '../../src/application/issued-files.ts';
import { verifyIssuedFile, type IssuedFile } from '../../src/domain/statements/issued-file.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { APRIL, HOUSE, MARCH } from '../builders/small-house.ts';

describe('issued statements', () => {
  let books: TestBooks;
  let folder: string;
  beforeAll(async () => {
    books = await testBooks();
    folder = mkdtempSync(join(tmpdir(), 'answerable-heads-'));
    await books.given(HOUSE);
    await books.issue(MARCH);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await books.end();
  });

  const exported = async (unit?: string): Promise<IssuedFile[]> =>
    (await books.issued.files(books.people.auditor, MARCH, { unit })).map(
      ({ file }) => JSON.parse(JSON.stringify(file)) as IssuedFile,
    );

  it('are numbered, one a unit and one for service, with a certificate whose hash is that of the run', async () => {
    const files = await exported();
    expect(files.map((file) => file.number).sort()).toEqual([
      '2026-03/MOBILE/1',
      '2026-03/RETAIL/1',
      '2026-03/SERVICE/1',
      '2026-03/certificate/1',
    ]);
    const [row] = await books.sql<{ hash: string }>('select r.hash from run r join period p using (run_id)');
    expect(files.find((file) => file.answerable === 'certificate')!.sha256).toBe(row!.hash);
  });

  it('check themselves with nothing but the file and a published head, whichever came first', async () => {
    const heads = join(folder, 'heads.jsonl');
    const early = await exported();
    await books.audit.anchor(books.people.auditor, heads);
    await books.audit.anchor(books.people.auditor, heads);
    const published = readHeads(readFileSync(heads, 'utf8'), heads);
    expect(published).toHaveLength(2);
    for (const file of [...early, ...(await exported())]) {
      expect(verifyIssuedFile(file, published)).toMatchObject({ differences: [] });
      expect(verifyIssuedFile(file, undefined)).toMatchObject({ differences: [] });
    }
  });

  it('do not check when a cent, a name, the event or the head was changed', async () => {
    const [file] = await exported('RETAIL');
    const published = [{ ...file!.head, leaves: [] }];
    const net = { ...file!, document: { ...file!.document, net: '0.01' } };
    expect(verifyIssuedFile(net, published).differences).toEqual([
      expect.stringContaining('document: hashes to'),
      'net: is not gross − retention credit + adjustments',
    ]);
    const body = file!.proof.event.body.replace(file!.sha256, 'f'.repeat(64));
    const event = { ...file!, proof: { ...file!.proof, event: { ...file!.proof.event, body } } };
    expect(verifyIssuedFile(event, published).differences).toEqual(['event of issuing: its content was changed']);
    const forged = [{ ...file!.head, hash: 'e'.repeat(64), leaves: [] }];
    expect(verifyIssuedFile(file, forged).differences).toEqual([
      expect.stringContaining(`published head ${file!.head.no}`),
    ]);
    expect(verifyIssuedFile(file, [{ no: 1, hash: 'e'.repeat(64), leaves: [] }]).differences).toEqual([
      expect.stringContaining('says nothing of this file'),
    ]);
    expect(verifyIssuedFile({ sha256: 'x' }, published).differences).toHaveLength(1);
  });

  it('are superseded, linked both ways, when two people reopen the newest closed period; the old version stays', async () => {
    const { finance, controller, cfo } = books.people;
    const [old] = await exported('RETAIL');
    await expect(books.periods.confirmReopening(controller, MARCH)).rejects.toMatchObject({ code: 'nothing_asked' });
    await expect(books.periods.reopen(controller, MARCH, ' ')).rejects.toMatchObject({ code: 'reason_missing' });
    expect(await books.periods.reopen(controller, MARCH, 'ledger was short')).toEqual({ awaitsConfirmation: true });
    await expect(books.periods.confirmReopening(controller, MARCH)).rejects.toMatchObject({ code: 'own_work' });
    await books.periods.confirmReopening(cfo, MARCH);
    await books.issue(MARCH);
    const list = await books.issued.list(finance, MARCH, 'RETAIL');
    expect(list.map(({ number, supersedes, supersededBy }) => [number, supersedes, supersededBy])).toEqual([
      ['2026-03/RETAIL/2', '2026-03/RETAIL/1', null],
      ['2026-03/RETAIL/1', null, '2026-03/RETAIL/2'],
    ]);
    const [again] = await books.issued.files(finance, MARCH, { unit: 'RETAIL', version: 1 });
    expect(again!.file.sha256).toBe(old!.sha256);
    expect(again!.file.document).toEqual(old!.document);
  });

  it('close in order: an earlier month does not close after a later one, nor a later one before', async () => {
    const { finance, controller } = books.people;
    await books.issue(APRIL);
    await expect(books.periods.reopen(controller, MARCH, 'too late')).rejects.toMatchObject({ code: 'later_closed' });
    await expect(books.periods.confirmReopening(controller, MARCH)).rejects.toMatchObject({ code: 'later_closed' });
    await books.periods.reopen(controller, APRIL, 'another look');
    await books.periods.confirmReopening(books.people.cfo, APRIL);
    const may = '2026-05' as typeof MARCH;
    await books.periods.close(finance, may);
    await books.periods.submit(finance, may);
    await books.periods.approve(controller, may);
    await expect(books.periods.issue(controller, may)).rejects.toMatchObject({ code: 'earlier_under_way' });
    await books.issue(APRIL);
    await expect(books.periods.issue(controller, may)).rejects.toMatchObject({ code: 'run_stale' });
  });

  it('are shown to a unit owner for own units only', async () => {
    const ravi = { ...books.people.unit_owner, units: ['RETAIL'] };
    expect((await books.issued.list(ravi, MARCH)).map(({ unit }) => unit)).toEqual(['RETAIL', 'RETAIL']);
    await expect(books.issued.files(ravi, MARCH, { unit: 'MOBILE' })).rejects.toMatchObject({ code: 'not_issued' });
    const [mine] = await books.issued.files(ravi, MARCH, {});
    expect(mine!.file.number).toBe('2026-03/RETAIL/2');
  });
});
