import { verifyIssuedFile } from '../../src/domain/statements/issued-file.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { ACTUAL_MODEL, contact, HOUSE, JUNE, ledgerEntry, MAY, sectionOf } from '../builders/small-house.ts';

interface ServiceAdjustments {
  readonly amount: string;
  readonly lines: readonly { readonly kind: string; readonly amount: string; readonly chargePeriod: string }[];
  readonly ledgerChanges: readonly { readonly period: string; readonly amount: string }[];
}
const serviceOf = (document: unknown): ServiceAdjustments =>
  (document as { service: { adjustments: ServiceAdjustments } }).service.adjustments;
const cents = (amounts: readonly { readonly amount: string }[]): number =>
  amounts.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);

describe('corrections', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
  });
  afterEach(() => books.end());

  const late = (rows: Readonly<Record<string, string | number>>[]): Promise<void> =>
    books.given({ 'contacts.csv': csv(rows) });
  const closeJune = async () => (await books.periods.close(books.people.finance, JUNE)).document;

  it('post a late contact of May in June with charge period May, at the issued rate, against the rate variance', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    const [issued] = await books.issued.files(books.people.finance, MAY, { unit: 'RETAIL' });
    await late([contact('late-1', '2026-05-20', 'billing', { handle_seconds: 901 })]);
    const document = await closeJune();
    const retail = sectionOf(document, 'RETAIL');
    expect(retail).toMatchObject({ gross: '140.18', adjustments: '15.03', net: '155.21' });
    expect(retail.adjustmentLines).toMatchObject([
      {
        source: 'late_contacts',
        chargePeriod: MAY,
        postingPeriod: JUNE,
        reason: 'billing',
        contacts: '1',
        seconds: '300',
        amount: '15.03',
      },
    ]);
    expect(sectionOf(document, 'MOBILE')).toMatchObject({ adjustments: '0.00', adjustmentLines: [] });
    expect(serviceOf(document)).toMatchObject({
      amount: '-15.03',
      lines: [{ kind: 'variance.rate_own', amount: '-15.03', chargePeriod: MAY }],
      ledgerChanges: [],
    });
    expect(document['reconciliation']).toMatchObject({ ledger: '1150.00', difference: '0.00' });
    await books.issue(JUNE);
    const [still] = await books.issued.files(books.people.finance, MAY, { unit: 'RETAIL' });
    expect(still!.file.sha256).toBe(issued!.file.sha256);
    expect(verifyIssuedFile(JSON.parse(JSON.stringify(still!.file)), undefined).differences).toEqual([]);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });

  it('are booked once, and a correction of a correction adds up to where the contact stands', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    await late([contact('late-1', '2026-05-20', 'billing')]);
    await books.issue(JUNE);
    const july = '2026-07' as typeof MAY;
    await books.given({
      'ledger.csv': csv([ledgerEntry('V-2026-07', july, '6000', '1000.00')]),
      'capacity.csv': csv([{ period: july, pool_code: 'voice', practical_seconds: 20_000 }]),
    });
    const close = async () => (await books.periods.close(books.people.finance, july)).document;
    expect(sectionOf(await close(), 'RETAIL').adjustmentLines).toEqual([]);
    await late([contact('late-1', '2026-05-20', 'network')]);
    const moved = await close();
    expect(sectionOf(moved, 'RETAIL').adjustmentLines).toMatchObject([
      { chargePeriod: MAY, amount: '-15.03', contacts: '-1' },
    ]);
    expect(sectionOf(moved, 'MOBILE').adjustmentLines).toMatchObject([
      { chargePeriod: MAY, amount: '15.03', contacts: '1' },
    ]);
    expect(serviceOf(moved)).toMatchObject({ amount: '0.00', lines: [] });
  });

  it('have an exact inverse: a correction taken back leaves what was there', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    const before = await closeJune();
    await late([contact('2026-05-r-0', '2026-05-01', 'network', { handle_seconds: 7 })]);
    const corrected = await closeJune();
    expect(sectionOf(corrected, 'RETAIL').adjustments).toBe('-15.03');
    expect(sectionOf(corrected, 'MOBILE').adjustments).toBe('15.03');
    await late([contact('2026-05-r-0', '2026-05-01', 'billing')]);
    const back = await closeJune();
    expect(sectionOf(back, 'RETAIL')).toEqual(sectionOf(before, 'RETAIL'));
    expect(serviceOf(back)).toEqual(serviceOf(before));
  });

  it('on the actual basis go against unused capacity, and a late ledger entry over the issued shares', async () => {
    await books.given({ ...HOUSE, 'model.yaml': ACTUAL_MODEL });
    await books.issue(MAY);
    await late([contact('late-1', '2026-05-20', 'billing', { handle_seconds: 400 })]);
    const document = await closeJune();
    // 1100.00 over 20,000 s of practical capacity: 0.055 a second
    expect(sectionOf(document, 'RETAIL').adjustments).toBe('22.00');
    expect(serviceOf(document).lines).toMatchObject([{ kind: 'unused.other', amount: '-22.00' }]);
    await books.given({ 'ledger.csv': csv([ledgerEntry('V-late', MAY, '6000', '200.00')]) });
    const shared = await closeJune();
    // 3,600 s of RETAIL, 2,400 s of MOBILE, 14,000 s unused of 20,000 s
    expect(sectionOf(shared, 'RETAIL').adjustments).toBe('58.00');
    expect(sectionOf(shared, 'MOBILE').adjustments).toBe('24.00');
    expect(serviceOf(shared)).toMatchObject({ amount: '118.00', ledgerChanges: [{ period: MAY, amount: '200.00' }] });
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });

  it('of the ledger go to the rate variance, own and support apart, to the unit of a direct pool, and sum to the change', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    await books.given({
      'ledger.csv': csv([
        ledgerEntry('V-late', MAY, '6001', '33.33'),
        ledgerEntry('I-2026-05', MAY, '6200', '107.00'),
        ledgerEntry('D-2026-05', MAY, '6700', '49.50'),
      ]),
    });
    const document = await closeJune();
    expect(serviceOf(document)).toMatchObject({
      amount: '40.33',
      ledgerChanges: [{ period: MAY, amount: '39.83' }],
    });
    expect(Object.fromEntries(serviceOf(document).lines.map(({ kind, amount }) => [kind, amount]))).toEqual({
      'variance.rate_own': '33.33',
      'variance.rate_support': '7.00',
    });
    expect(sectionOf(document, 'RETAIL').adjustmentLines).toMatchObject([{ kind: 'direct', amount: '-0.50' }]);
    await books.issue(JUNE);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });

  it('stop at a late ledger entry that belongs nowhere, until today’s model parks it by name', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    await books.given({ 'ledger.csv': csv([ledgerEntry('X-late', MAY, '7777', '9.99')]) });
    await expect(closeJune()).rejects.toMatchObject({ code: 'unmapped_ledger_entries' });
    await books.models.apply(books.people.finance, `${HOUSE['model.yaml']}parked_entries: [X-late]\n`);
    expect(serviceOf(await closeJune()).lines).toMatchObject([{ kind: 'parked', amount: '9.99', chargePeriod: MAY }]);
  });

  it('enter the bridge as corrections, so that opening and closing are what was and is charged', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    await late([contact('late-1', '2026-05-20', 'billing'), contact('late-2', '2026-05-21', 'billing')]);
    const june = sectionOf(await closeJune(), 'RETAIL') as unknown as { bridge: Record<string, string> };
    expect(june.bridge).toMatchObject({ opening: '140.18', corrections: '30.06', closing: '170.24' });
    await books.issue(JUNE);
    const july = '2026-07' as typeof MAY;
    await books.given({
      'ledger.csv': csv([
        ledgerEntry('D-2026-07', july, '6700', '50.00'),
        ledgerEntry('V-2026-07', july, '6000', '10.00'),
      ]),
      'capacity.csv': csv([{ period: july, pool_code: 'voice', practical_seconds: 20_000 }]),
      'contacts.csv': csv(Array.from({ length: 6 }, (_, i) => contact(`j-${i}`, '2026-07-02', 'billing'))),
    });
    const document = (await books.periods.close(books.people.finance, july)).document;
    const bridge = (sectionOf(document, 'RETAIL') as unknown as { bridge: Record<string, string> }).bridge;
    expect(bridge).toMatchObject({ opening: '170.24', corrections: '-30.06', volume: '0.00', closing: '140.18' });
  });

  it('leave standards that finance changed to the bridge as restated', async () => {
    await books.given(HOUSE);
    await books.issue(MAY);
    await books.models.apply(books.people.finance, HOUSE['model.yaml']!.replace('0.0501', '0.06'), JUNE);
    const bridge = (sectionOf(await closeJune(), 'RETAIL') as unknown as { bridge: Record<string, string> }).bridge;
    expect(bridge).toMatchObject({ opening: '140.18', restated: '17.82', rate: '0.00', closing: '158.00' });
    await books.issue(JUNE);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });

  it('sum to zero over many late facts of three closed months, and are booked as if one by one', async () => {
    await books.given(HOUSE);
    for (const month of ['2026-03', '2026-04', '2026-05'] as (typeof MAY)[]) await books.issue(month);
    const reasons = ['billing', 'network', 'orphan'];
    await late(
      Array.from({ length: 60 }, (_, i) =>
        contact(`many-${i}`, `2026-0${3 + (i % 3)}-1${i % 9}`, reasons[i % 3]!, { handle_seconds: 11 * i }),
      ),
    );
    const document = await closeJune();
    const service = serviceOf(document);
    const units = ['RETAIL', 'MOBILE'].map((unit) => sectionOf(document, unit));
    expect(cents(service.lines) + cents(units.flatMap((unit) => unit.adjustmentLines as { amount: string }[]))).toBe(0);
    expect(new Set(service.lines.map((line) => line.chargePeriod)).size).toBe(3);
    await books.issue(JUNE);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });
});
