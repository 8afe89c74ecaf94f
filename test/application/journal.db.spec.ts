import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { contact, HOUSE, JUNE, MAY } from '../builders/small-house.ts';

const mappingNamed = (name: string) => ({
  yaml: readFileSync(join(packageRoot, 'templates', 'journals', `${name}.yaml`), 'utf8'),
  file: `${name}.yaml`,
});
const GENERIC = mappingNamed('generic');
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('the journal of a period', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
  });
  afterEach(() => books.end());
  const make = async (period = MAY, mapping = GENERIC) =>
    await books.journals.journal(books.people.finance, period, mapping);
  const rowsOf = (content: Buffer): string[][] =>
    content
      .toString('utf8')
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));

  it('debits the units and credits service, balanced, at their cost centers', async () => {
    await books.given(HOUSE);
    await expect(make()).rejects.toEqual(refusal('not_issued'));
    await books.issue(MAY);
    const { content, total, name, document } = await make();
    const [header, ...rows] = rowsOf(content);
    const at = (row: string[], column: string) => row[header!.indexOf(column)];
    expect(
      rows.map((row) => ['account', 'cost_center', 'debit', 'credit', 'unit'].map((column) => at(row, column))),
    ).toEqual([
      ['8100', 'CC-M', '60.12', '', 'MOBILE'],
      ['8101', 'CC-S', '', '60.12', 'MOBILE'],
      ['8100', 'CC-R', '140.18', '', 'RETAIL'],
      ['8101', 'CC-S', '', '140.18', 'RETAIL'],
    ]);
    expect([total, name, document]).toEqual(['200.30', 'journal-2026-05-1-000001.csv', 'ANSWERABLE-2026-05-1']);
    expect(rows.every((row) => at(row, 'posting_date') === '2026-05-31' && at(row, 'currency') === 'EUR')).toBe(true);
  });

  it('is the same file however often it is asked for, and another mapping does not change it', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    const first = await make();
    const again = await make();
    expect(again).toMatchObject({ no: first.no, sha256: first.sha256, isNew: false });
    expect(again.content.equals(first.content)).toBe(true);
    await expect(make(MAY, mappingNamed('sap-fb50'))).rejects.toEqual(refusal('journal_exists'));
    expect(await books.sql('select from journal')).toHaveLength(1);
  });

  it('books adjustments of earlier months on accounts of their own, credits on the other side', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    await books.given({ 'contacts.csv': csv([contact('2026-05-r-0', '2026-05-01', 'network')]) });
    await books.issue(JUNE);
    const [header, ...rows] = rowsOf((await make(JUNE)).content);
    const of = (row: string[]) =>
      ['account', 'debit', 'credit', 'charge_period', 'unit'].map((column) => row[header!.indexOf(column)]);
    expect(rows.map(of).filter(([account]) => account!.startsWith('811'))).toEqual([
      ['8110', '15.03', '', '2026-05', 'MOBILE'],
      ['8111', '', '15.03', '2026-05', 'MOBILE'],
      ['8110', '', '15.03', '2026-05', 'RETAIL'],
      ['8111', '15.03', '', '2026-05', 'RETAIL'],
    ]);
  });

  it('leaves units of another legal entity out and names them: they need an invoice and a transfer price', async () => {
    const units = HOUSE['units.csv']!.replace('CC-M,Small AG', 'CC-M,Mobile GmbH');
    await books.given({ ...HOUSE, 'units.csv': units });
    await books.issue(MAY);
    const journal = await make();
    expect(journal.intercompany).toEqual([{ unit: 'MOBILE', legalEntity: 'Mobile GmbH', amount: '60.12' }]);
    expect(journal.content.toString()).not.toContain('MOBILE');
    expect(journal.total).toBe('140.18');
  });

  it('of a reissued period begins with the exact inverse of the one before', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    await make();
    await books.periods.reopen(books.people.controller, MAY, 'another contact');
    await books.periods.confirmReopening(books.people.cfo, MAY);
    await books.given({ 'contacts.csv': csv([contact('new', '2026-05-09', 'billing')]) });
    await books.issue(MAY);
    const second = await make();
    const [header, ...rows] = rowsOf(second.content);
    const retail = rows.filter(
      (row) => row[header!.indexOf('unit')] === 'RETAIL' && row[header!.indexOf('account')] === '8100',
    );
    expect(retail.map((row) => [row[header!.indexOf('debit')], row[header!.indexOf('credit')]])).toEqual([
      ['', '140.18'],
      ['155.21', ''],
    ]);
    expect(second.document).toBe('ANSWERABLE-2026-05-2');
  });

  it('is byte-identical with retention on and off', async () => {
    const retention = 'retention: { margin_rate: "0.35", discount_rate: "0.08" }\n';
    const hashes: string[] = [];
    for (const model of [HOUSE['model.yaml']!, `${HOUSE['model.yaml']}${retention}`]) {
      const other = await testBooks();
      await other.given({ ...HOUSE, 'model.yaml': model });
      await other.issue(MAY);
      hashes.push((await other.journals.journal(other.people.finance, MAY, GENERIC)).sha256);
      await other.end();
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('takes the receipt of the ledger once, when document and totals agree', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    const answer = (document: string, debit: string) =>
      books.journals.receipt(
        books.people.finance,
        MAY,
        `document,reference,booked_on,debit,credit\n${document},4900012345,2026-06-03,${debit},200.30\n`,
      );
    await expect(answer('ANSWERABLE-2026-05-1', '200.30')).rejects.toEqual(refusal('no_journal'));
    await make();
    await expect(answer('OTHER', '200.30')).rejects.toEqual(refusal('bad_receipt'));
    await expect(answer('ANSWERABLE-2026-05-1', 'many')).rejects.toEqual(refusal('bad_receipt'));
    await expect(answer('ANSWERABLE-2026-05-1', '200.29')).rejects.toEqual(refusal('receipt_differs'));
    expect((await answer('ANSWERABLE-2026-05-1', '200.30')).receipt).toEqual({
      reference: '4900012345',
      bookedOn: '2026-06-03',
    });
    await expect(answer('ANSWERABLE-2026-05-1', '200.30')).rejects.toEqual(refusal('receipt_read'));
  });

  it('is made with any mapping that says what it needs, and refuses one that does not, with every fault', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    const wrong = {
      yaml: 'name: x\naccounts: { charge: "1" }\ncolumns: [{ title: a, value: "{amont}" }]\nfoo: 1\n',
      file: 'x.yaml',
    };
    await expect(make(MAY, wrong)).rejects.toThrow(/recovery|foo/);
    const unknown = {
      ...wrong,
      yaml: 'name: x\naccounts: { charge: "1", recovery: "2" }\ncolumns: [{ title: a, value: "{amont}" }]\n',
    };
    await expect(make(MAY, unknown)).rejects.toThrow('there is no {amont}');
    const sap = await make(MAY, mappingNamed('sap-fb50'));
    expect(sap.content.toString('utf8').split('\r\n').slice(0, 3)).toEqual([
      'XBLNR;BUZEI;BUDAT;HKONT;KOSTL;WRBTR;WAERS;ZUONR;SGTXT',
      'ANSWERABLE-2026-05-1;1;2026-05-31;0000810000;CC-M;60,12;EUR;2026-05 MOBILE;Service 2026-05 MOBILE',
      'ANSWERABLE-2026-05-1;2;2026-05-31;0000810100;CC-S;-60,12;EUR;2026-05 MOBILE;Service 2026-05 MOBILE',
    ]);
  });
});
