import { period } from '../../src/domain/period.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';

const MARCH = period('2026-03');

const contact = (id: string, at: string, reason: string, extra: Record<string, string | number> = {}) => ({
  contact_id: id,
  started_at: at,
  channel: 'voice',
  reason_code: reason,
  customer_id: '',
  handle_seconds: 600,
  vendor: '',
  decision_code: '',
  case_id: '',
  escalated: '',
  transferred_from: '',
  text: '',
  ...extra,
});

/** A small house in Berlin: two units, a fee owned by one until the 14th and by the other from the 15th on. */
const HOUSE = {
  'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: Europe/Berlin\n',
  'units.csv': csv([
    { unit_code: 'RETAIL', name: 'Retail', kind: 'business' },
    { unit_code: 'MOBILE', name: 'Mobile', kind: 'business' },
    { unit_code: 'SERVICE', name: 'Service', kind: 'service' },
  ]),
  'reasons.csv': csv([
    { reason_code: 'billing', name: 'Billing', parent_code: '', owner_unit: 'RETAIL', standard_handle_seconds: 300 },
    { reason_code: 'billing.fee', name: 'Fees', parent_code: 'billing', owner_unit: '', standard_handle_seconds: 300 },
    { reason_code: 'orphan', name: 'Nobody', parent_code: '', owner_unit: '', standard_handle_seconds: 300 },
  ]),
  'decisions.csv': csv([
    { decision_code: 'FEE', title: 'A fee', kind: 'fee', effective_from: '2026-03-10', reasons: 'billing.*' },
  ]),
  'decision_owners.csv': csv([
    { decision_code: 'FEE', unit_code: 'RETAIL', share: '1', valid_from: '2026-01-01', valid_to: '2026-03-14' },
    { decision_code: 'FEE', unit_code: 'MOBILE', share: '1', valid_from: '2026-03-15', valid_to: '' },
  ]),
  'ledger.csv': csv([
    { entry_id: 'L1', period: '2026-03', account: '6000', cost_center: 'VOICE', amount: '1000.00', currency: 'EUR' },
  ]),
  'capacity.csv': csv([{ period: '2026-03', pool_code: 'voice', practical_seconds: 10_000 }]),
};
const MODEL = `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }] }]
charging: { standard_rates: { voice: "0.05" } }
rules: [{ name: tagged, tag: true }, { name: owners, reason_owner: true }]
`;

interface Line {
  id: string;
  decision: string | null;
  reason: string;
  contacts: string;
  amount: string;
  rule: string;
}
const linesOf = (document: unknown, unit: string) =>
  (document as { units: { unit: string; lines: Line[] }[] }).units.find((section) => section.unit === unit)!.lines;

describe('a period from files to statements', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
  });
  afterEach(() => books.end());

  it('does not attach a contact before its decision: it goes on to the next rule', async () => {
    await books.given({
      ...HOUSE,
      'model.yaml': MODEL,
      'contacts.csv': csv([
        contact('early', '2026-03-09T23:59:59', 'billing.fee', { decision_code: 'FEE' }),
        contact('late', '2026-03-10T00:00:00', 'billing.fee', { decision_code: 'FEE' }),
      ]),
    });
    const { document } = await books.periods.close(books.people.finance, MARCH);
    expect(linesOf(document, 'RETAIL')).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ decision: null, rule: 'owners', contacts: '1', amount: '15.00' }),
        expect.objectContaining({ decision: 'FEE', rule: 'tagged', contacts: '1', amount: '15.00' }),
      ]) as unknown as object,
    );
    const early = await books.explain.contact(books.people.finance, 'early');
    expect(early.reasons[0]!.rules[0]).toMatchObject({
      rule: 'tagged',
      took: '0',
      why: 'decision FEE takes contacts from 2026-03-10 on',
    });
  });

  it('splits a charge on the day on which ownership moves', async () => {
    await books.given({
      ...HOUSE,
      'model.yaml': MODEL,
      'contacts.csv': csv(
        ['14T23:30:00', '15T00:30:00', '20T12:00:00'].map((at, i) =>
          contact(`c${i}`, `2026-03-${at}`, 'billing.fee', { decision_code: 'FEE' }),
        ),
      ),
    });
    const { document } = await books.periods.close(books.people.finance, MARCH);
    expect(linesOf(document, 'RETAIL')).toMatchObject([{ decision: 'FEE', contacts: '1', amount: '15.00' }]);
    expect(linesOf(document, 'MOBILE')).toMatchObject([{ decision: 'FEE', contacts: '2', amount: '30.00' }]);
  });

  it('refuses overlapping pools by name with the count of contacts', async () => {
    await books.given({
      ...HOUSE,
      'model.yaml': MODEL,
      'contacts.csv': csv([1, 2, 3].map((i) => contact(`c${i}`, '2026-03-11T10:00:00', 'billing'))),
    });
    const overlapping = MODEL.replace(
      'pools: [',
      'pools: [{ code: phones, kind: operating, serves: { channel: ["v*"] } }, ',
    );
    await expect(books.models.apply(books.people.finance, overlapping)).rejects.toThrow('phones, voice: 3 contacts');
  });

  it('stops at a ledger entry that no pool takes, by name, until it is mapped or parked', async () => {
    const ledger = HOUSE['ledger.csv'] + 'L2,2026-03,7777,MISC,12.34,EUR\n';
    await books.given({
      ...HOUSE,
      'ledger.csv': ledger,
      'model.yaml': MODEL,
      'contacts.csv': csv([contact('c', '2026-03-11T10:00:00', 'billing')]),
    });
    await expect(books.periods.close(books.people.finance, MARCH)).rejects.toThrow(
      'L2 (account 7777, cost center MISC, 12.34 EUR)',
    );
    await books.models.apply(books.people.finance, `${MODEL}parked_entries: [L2]\n`);
    const { document } = await books.periods.close(books.people.finance, MARCH);
    expect(document['reconciliation']).toMatchObject({ ledger: '1012.34', parked: '12.34', difference: '0.00' });
  });

  it('takes repeats of a customer out of the charge, but not after an escalation, nor without a customer', async () => {
    await books.given({
      ...HOUSE,
      'model.yaml': MODEL,
      'contacts.csv': csv([
        contact('a1', '2026-03-11T10:00:00', 'billing', { customer_id: 'A' }),
        contact('a2', '2026-03-18T10:00:00', 'billing', { customer_id: 'A' }),
        contact('a3', '2026-03-26T10:00:00', 'billing', { customer_id: 'A' }),
        contact('b1', '2026-03-11T10:00:00', 'billing', { customer_id: 'B', escalated: 'true' }),
        contact('b2', '2026-03-12T10:00:00', 'billing', { customer_id: 'B' }),
        contact('n1', '2026-03-11T10:00:00', 'billing'),
        contact('n2', '2026-03-12T10:00:00', 'billing'),
        contact('case1', '2026-03-11T10:00:00', 'billing', { case_id: 'K' }),
        contact('case2', '2026-03-13T10:00:00', 'billing.fee', { case_id: 'K' }),
        contact('l0', '2026-02-27T10:00:00', 'billing', { customer_id: 'L' }),
        contact('l1', '2026-03-02T10:00:00', 'billing', { customer_id: 'L' }),
      ]),
    });
    const { document } = await books.periods.close(books.people.finance, MARCH);
    // a2 (exactly 7 days), case2, l1 (looks back into February)
    expect((document['service'] as { variances: object[] }).variances).toContainEqual(
      expect.objectContaining({ kind: 'repeats', amount: '45.00' }),
    );
    expect((document['coverage'] as { repeats: string }).repeats).toBe('0.3');
  });

  it('explains a contact and its line from both ends: they meet, and the line is the sum of its contacts', async () => {
    await books.given({
      ...HOUSE,
      'model.yaml': MODEL,
      'contacts.csv': csv(
        [7, 311, 600, 1, 95].map((seconds, i) =>
          contact(`c${i}`, `2026-03-1${i}T10:00:00`, 'billing', { handle_seconds: seconds }),
        ),
      ),
      'contact_segments.csv': csv([
        { contact_id: 'c2', reason_code: 'billing', handle_seconds: 400 },
        { contact_id: 'c2', reason_code: 'orphan', handle_seconds: 200 },
      ]),
    });
    await books.periods.close(books.people.finance, MARCH);
    const contactSide = await books.explain.contact(books.people.finance, 'c2');
    const share = contactSide.reasons.flatMap((reason) => reason.shares).find((candidate) => candidate.line !== null)!;
    const lineSide = await books.explain.line(books.people.finance, share.line!);
    expect(lineSide.contacts.find((row) => row.contact === 'c2')).toMatchObject({
      share: '0.666667',
      amount: share.amount,
    });
    expect(lineSide.contactCount).toBe(5);
    expect(lineSide.sums.amount).toBe(`${lineSide.sums.posted}0000`);
    expect(lineSide.sums.posted).toBe('70.00'); // 4⅔ contacts × 300 s × 0.05
    expect(lineSide.ledgerEntries).toMatchObject([{ entry: 'L1', amount: '1000.00' }]);
  });

  it('matches masked text by keywords', async () => {
    const model = MODEL.replace(
      'rules: [',
      'rules: [{ name: words, match: { text: { keywords: ["late fee"] } }, to: [{ unit: MOBILE }] }, ',
    );
    await books.given({
      ...HOUSE,
      'model.yaml': model,
      'contacts.csv': csv([
        contact('c1', '2026-03-11T10:00:00', 'billing', { text: 'Why this LATE FEE again' }),
        contact('c2', '2026-03-11T10:00:00', 'billing', { text: 'a late, small fee' }),
        contact('c3', '2026-03-11T10:00:00', 'billing'),
      ]),
    });
    const { document } = await books.periods.close(books.people.finance, MARCH);
    expect(linesOf(document, 'MOBILE')).toMatchObject([{ rule: 'words', contacts: '1' }]);
    expect(linesOf(document, 'RETAIL')).toMatchObject([{ rule: 'owners', contacts: '2' }]);
  });

  it('gives the same run for the same inputs, and another after a correction', async () => {
    const contacts = [contact('c1', '2026-03-11T10:00:00', 'billing'), contact('c2', '2026-03-12T10:00:00', 'billing')];
    await books.given({ ...HOUSE, 'model.yaml': MODEL, 'contacts.csv': csv(contacts) });
    const first = await books.periods.close(books.people.finance, MARCH);
    const again = await books.periods.close(books.people.finance, MARCH);
    expect(again).toMatchObject({ runId: first.runId, runHash: first.runHash, isNew: false });
    await books.given({ 'contacts.csv': csv([contacts[0]!, { ...contacts[1]!, handle_seconds: 700 }]) });
    const corrected = await books.periods.close(books.people.finance, MARCH);
    expect(corrected.isNew).toBe(true);
    await expect(books.verify.verify(books.people.auditor)).resolves.toMatchObject({ differences: [] });
  });

  it('names the altered cell when somebody writes into a stored line', async () => {
    await books.given({
      ...HOUSE,
      'model.yaml': MODEL,
      'contacts.csv': csv([contact('c1', '2026-03-11T10:00:00', 'billing')]),
    });
    const { document } = await books.periods.close(books.people.finance, MARCH);
    const { id } = linesOf(document, 'RETAIL')[0]!;
    await books.sql('alter table statement_line disable trigger append_only');
    await books.sql('update statement_line set contacts = 2 where line_id = $1', [id]);
    const { differences } = await books.verify.verify(books.people.auditor);
    expect(differences).toEqual([expect.stringContaining(`statement_line ${id}, contacts: stored 2, recomputed 1`)]);
  });

  it('goes from open to closed only in order, by two people', async () => {
    await books.given({
      ...HOUSE,
      'model.yaml': MODEL,
      'contacts.csv': csv([contact('c1', '2026-03-11T10:00:00', 'billing')]),
    });
    const { finance, controller, auditor } = books.people;
    await expect(books.periods.submit(finance, MARCH)).rejects.toMatchObject({
      code: 'wrong_state',
      next: 'answerable close 2026-03',
    });
    await books.periods.close(finance, MARCH);
    await expect(books.periods.approve(finance, MARCH)).rejects.toMatchObject({ code: 'forbidden' });
    await books.periods.submit(finance, MARCH);
    await expect(books.periods.close(auditor, MARCH)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(books.periods.approve({ ...controller, userId: finance.userId }, MARCH)).rejects.toMatchObject({
      code: 'own_work',
    });
    await books.periods.approve(controller, MARCH);
    await books.periods.issue(controller, MARCH);
    await expect(books.periods.close(finance, MARCH)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(books.sql('update statement set sha256 = $1', ['x'])).rejects.toThrow('append-only');
  });
});
