import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { APRIL, contact, contacts, HOUSE, JUNE, MARCH, MAY, sectionOf } from '../builders/small-house.ts';

interface Line {
  readonly id: string;
  readonly kind: string;
  readonly amount: string;
}
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('disputes', () => {
  let books: TestBooks;
  let line: Line;
  beforeEach(async () => {
    books = await testBooks();
    await books.given(HOUSE);
    await books.issue(MAY);
    const { document } = await books.periods.close(books.people.finance, JUNE);
    expect(sectionOf(document, 'RETAIL').adjustments).toBe('0.00');
    const issued = await books.statements.document(books.people.auditor, MAY);
    line = (sectionOf(issued, 'RETAIL').lines as unknown as Line[]).find(({ kind }) => kind === 'contacts')!;
    expect(line.amount).toBe('90.18');
  });
  afterEach(() => books.end());
  const owner = (unit: string) => ({ ...books.people.unit_owner, units: [unit] });
  const opened = (the: Partial<{ amount: string; to: string }> = {}) =>
    books.disputes.open(owner('RETAIL'), line.id, { reason: 'not ours', evidence: 'ticket 4711', ...the });

  it('preview what they post: paired credit and debit of the open period, summing to 0.00', async () => {
    const { id } = await opened({ amount: '15.03' });
    await books.disputes.reply(books.people.service_leader, id, 'we looked into it');
    const preview = await books.disputes.preview(books.people.controller, id);
    expect(preview.map(({ unit, amount }) => [unit, amount])).toEqual([
      ['RETAIL', '-15.03'],
      ['service', '15.03'],
    ]);
    await books.disputes.rule(books.people.controller, id, { accept: true, reason: 'ticket shows it' });
    const { document } = await books.periods.close(books.people.finance, JUNE);
    expect(sectionOf(document, 'RETAIL')).toMatchObject({ gross: '140.18', adjustments: '-15.03', net: '125.15' });
    expect(sectionOf(document, 'RETAIL').adjustmentLines).toMatchObject([
      {
        source: 'dispute',
        reference: line.id,
        chargePeriod: MAY,
        postingPeriod: JUNE,
        amount: '-15.03',
        reason: 'billing',
      },
    ]);
    const service = document['service'] as { adjustments: { amount: string; lines: object[] } };
    expect(service.adjustments).toMatchObject({ amount: '15.03', lines: [{ kind: 'dispute', chargePeriod: MAY }] });
    await books.issue(JUNE);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
    expect((await books.disputes.show(books.people.auditor, id)).thread).toMatchObject([{ text: 'we looked into it' }]);
  });

  it('are booked once: the period after does not book them again', async () => {
    const { id } = await opened();
    await books.disputes.rule(books.people.cfo, id, { accept: true, reason: 'yes' });
    await books.issue(JUNE);
    const july = '2026-07' as typeof MAY;
    const { document } = await books.periods.close(books.people.finance, july);
    expect((document['service'] as { adjustments: object }).adjustments).toMatchObject({ amount: '0.00', lines: [] });
  });

  it('between two units charge the other one, who sees it and may answer but not rule', async () => {
    const { id } = await opened({ amount: '30.06', to: 'MOBILE' });
    expect((await books.disputes.list(owner('MOBILE'))).map((dispute) => dispute.id)).toEqual([id]);
    await books.disputes.reply(owner('MOBILE'), id, 'it was our app');
    await expect(
      books.disputes.rule({ ...books.people.controller, units: ['MOBILE'] }, id, { accept: false, reason: 'no' }),
    ).rejects.toEqual(refusal('own_side'));
    await books.disputes.rule(books.people.service_leader, id, { accept: true, reason: 'both agree' });
    const { document } = await books.periods.close(books.people.finance, JUNE);
    expect(sectionOf(document, 'RETAIL').adjustments).toBe('-30.06');
    expect(sectionOf(document, 'MOBILE').adjustments).toBe('30.06');
  });

  it('nobody rules on their own unit, through the service or past it', async () => {
    const { id } = await opened();
    const rule = { accept: true, reason: 'mine' };
    await expect(books.disputes.rule(owner('RETAIL'), id, rule)).rejects.toEqual(refusal('forbidden'));
    await expect(books.disputes.rule(books.people.finance, id, rule)).rejects.toEqual(refusal('forbidden'));
    await expect(books.disputes.rule(books.people.service_leader, id, rule)).rejects.toEqual(refusal('own_side'));
    const opener = { ...books.people.controller, userId: books.people.unit_owner.userId };
    await expect(books.disputes.rule(opener, id, rule)).rejects.toEqual(refusal('own_side'));
    for (const person of ['service_leader', 'unit_owner'] as const) {
      await expect(
        books.db.books((tx) =>
          tx.query(
            `insert into dispute_ruling (dispute_id, unit_code, outcome, amount_minor, reason, ruled_by) values ($1, 'RETAIL', 'accepted', 1, 'x', $2)`,
            [id, books.people[person].userId],
          ),
        ),
      ).rejects.toThrow('belongs to a side');
    }
  });

  it('go to the chief financial officer once escalated', async () => {
    const { id } = await opened();
    await books.disputes.escalate(owner('RETAIL'), id, 'ten days have gone');
    const rule = { accept: false, reason: 'the contacts were yours' };
    await expect(books.disputes.rule(books.people.controller, id, rule)).rejects.toEqual(refusal('escalated'));
    expect(await books.disputes.rule(books.people.cfo, id, rule)).toMatchObject({ state: 'rejected', accepted: null });
    await expect(books.disputes.rule(books.people.cfo, id, rule)).rejects.toEqual(refusal('dispute_ruled'));
    await expect(books.disputes.reply(owner('RETAIL'), id, 'but')).rejects.toEqual(refusal('dispute_ruled'));
    const { document } = await books.periods.close(books.people.finance, JUNE);
    expect(sectionOf(document, 'RETAIL').adjustmentLines).toEqual([]);
  });

  it('take no more than the line, one at a time, for twelve months, of issued lines, by who is charged', async () => {
    await expect(opened({ amount: '90.19' })).rejects.toEqual(refusal('amount_too_large'));
    await expect(opened({ amount: '-1.00' })).rejects.toEqual(refusal('amount_too_large'));
    await expect(opened({ amount: '1.001' })).rejects.toEqual(refusal('bad_amount'));
    await expect(opened({ to: 'NOWHERE' })).rejects.toEqual(refusal('unknown_unit'));
    await expect(opened({ to: 'RETAIL' })).rejects.toEqual(refusal('same_unit'));
    await expect(books.disputes.open(owner('MOBILE'), line.id, { reason: 'x' })).rejects.toEqual(
      refusal('no_such_line'),
    );
    await expect(books.disputes.open(owner('RETAIL'), 'nothing', { reason: 'x' })).rejects.toEqual(
      refusal('no_such_line'),
    );
    await expect(books.disputes.open(owner('RETAIL'), line.id, { reason: ' ' })).rejects.toEqual(
      refusal('reason_missing'),
    );
    const { id } = await opened({ amount: '90.00' });
    await expect(opened()).rejects.toEqual(refusal('dispute_open'));
    await books.disputes.rule(books.people.controller, id, { accept: true, reason: 'yes' });
    const second = await opened();
    expect(second.amount).toBe('0.18');
    await books.disputes.rule(books.people.controller, second.id, { accept: true, reason: 'yes' });
    await expect(opened()).rejects.toEqual(refusal('nothing_to_dispute'));
    await books.sql('alter table issue disable trigger user');
    await books.sql(`update issue set issued_at = now() - interval '12 months 1 day'`);
    const [mobile] = sectionOf(await books.statements.document(books.people.auditor, MAY), 'MOBILE')
      .lines as unknown as Line[];
    await expect(books.disputes.open(owner('MOBILE'), mobile!.id, { reason: 'late' })).rejects.toEqual(
      refusal('time_barred'),
    );
  });

  it('of another unit do not exist for an owner', async () => {
    const { id } = await opened();
    const outsider = owner('MOBILE');
    expect(await books.disputes.list(outsider)).toEqual([]);
    await expect(books.disputes.show(outsider, id)).rejects.toEqual(refusal('no_such_dispute'));
    await expect(books.disputes.preview(outsider, id)).rejects.toEqual(refusal('no_such_dispute'));
    await expect(books.disputes.reply(outsider, id, 'hm')).rejects.toEqual(refusal('no_such_dispute'));
  });
});

describe('corrections by people', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
    await books.given(HOUSE);
    await books.issue(MAY);
  });
  afterEach(() => books.end());
  const ask = (amount = '12.34') =>
    books.corrections.ask(books.people.finance, {
      chargePeriod: MAY,
      unit: 'RETAIL',
      amount,
      why: 'agreed in writing',
    });

  it('are asked for by one and approved by another, and taken back by their exact inverse', async () => {
    const { id } = await ask();
    await expect(books.corrections.approve(books.people.finance, id)).rejects.toEqual(refusal('forbidden'));
    const asker = { ...books.people.controller, userId: books.people.finance.userId };
    await expect(books.corrections.approve(asker, id)).rejects.toEqual(refusal('own_work'));
    await expect(
      books.db.books((tx) =>
        tx.query('insert into correction_approval (correction_id, approved_by) values ($1, $2)', [id, asker.userId]),
      ),
    ).rejects.toThrow('nobody approves a correction that they asked for');
    await expect(books.corrections.reverse(books.people.finance, id, 'no')).rejects.toEqual(refusal('not_approved'));
    await books.corrections.approve(books.people.controller, id);
    await expect(books.corrections.approve(books.people.cfo, id)).rejects.toEqual(refusal('approved_already'));
    const june = (await books.periods.close(books.people.finance, JUNE)).document;
    expect(sectionOf(june, 'RETAIL').adjustmentLines).toMatchObject([{ source: 'correction', amount: '12.34' }]);
    await books.issue(JUNE);
    const back = await books.corrections.reverse(books.people.finance, id, 'the letter was withdrawn');
    await expect(books.corrections.reverse(books.people.finance, id, 'again')).rejects.toEqual(
      refusal('reversed_already'),
    );
    await books.corrections.approve(books.people.controller, back.id);
    const july = (await books.periods.close(books.people.finance, '2026-07' as typeof MAY)).document;
    expect(sectionOf(july, 'RETAIL').adjustmentLines).toMatchObject([
      { source: 'correction', amount: '-12.34', chargePeriod: MAY },
    ]);
  });

  it('are refused for an open period, an unknown unit, nothing, or without a reason', async () => {
    const wrong = (the: object) =>
      books.corrections.ask(books.people.finance, {
        chargePeriod: MAY,
        unit: 'RETAIL',
        amount: '1.00',
        why: 'x',
        ...the,
      });
    await expect(wrong({ chargePeriod: JUNE })).rejects.toEqual(refusal('not_issued'));
    await expect(wrong({ unit: 'NOWHERE' })).rejects.toEqual(refusal('unknown_unit'));
    await expect(wrong({ to: 'RETAIL' })).rejects.toEqual(refusal('same_unit'));
    await expect(wrong({ amount: '0.00' })).rejects.toEqual(refusal('bad_amount'));
    await expect(wrong({ why: '' })).rejects.toEqual(refusal('reason_missing'));
    expect(await books.corrections.list(books.people.auditor)).toEqual([]);
  });
});

describe('parked units', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
  });
  afterEach(() => books.end());
  const months = [MARCH, APRIL, MAY];
  const BOUNDS = `${HOUSE['model.yaml']}bounds: { unmapped_share: "0.10", jump_against_trailing: "0.50" }\n`;
  const closedThree = async (files: Readonly<Record<string, string>>) => {
    await books.given({ ...HOUSE, 'model.yaml': BOUNDS, ...files });
    for (const month of months) await books.issue(month);
  };
  const jump = {
    'contacts.csv': csv([...months.flatMap((of) => contacts(of, 6, 4)), ...contacts(JUNE, 6, 9)]),
  };

  it('whose charge jumps against three trailing months wait, named; the rest goes on and the ledger ties out', async () => {
    await closedThree(jump);
    const { document } = await books.periods.close(books.people.finance, JUNE);
    expect(sectionOf(document, 'MOBILE')).toMatchObject({
      gross: '0.00',
      parked: { amount: '135.27', reasons: [{ bound: 'jump_against_trailing' }] },
      lines: [{ treatment: 'parked', amount: '135.27' }],
    });
    expect(sectionOf(document, 'RETAIL')).toMatchObject({ gross: '140.18', parked: null });
    expect(document['reconciliation']).toMatchObject({
      ledger: '1150.00',
      charged: '140.18',
      parked: '135.27',
      difference: '0.00',
    });
    expect(await books.parked.list(books.people.controller)).toMatchObject([
      {
        period: JUNE,
        unit: 'MOBILE',
        amount: '135.27',
        ruling: null,
        reasons: [{ why: expect.stringContaining('125%') as string }],
      },
    ]);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });

  it('released before the issue are charged by the next close, which has to come before it is handed in', async () => {
    await closedThree(jump);
    await books.periods.close(books.people.finance, JUNE);
    const rule = (actor: typeof books.people.cfo) =>
      books.parked.rule(actor, JUNE, 'MOBILE', 'released', 'the app release');
    await expect(rule(books.people.finance)).rejects.toEqual(refusal('forbidden'));
    await expect(rule({ ...books.people.cfo, userId: books.people.finance.userId })).rejects.toEqual(
      refusal('own_work'),
    );
    await expect(
      books.sql(
        `insert into parking_ruling (period, unit_code, ruling, reason, ruled_by) values ($1, 'MOBILE', 'released', 'x', $2)`,
        [JUNE, books.people.finance.userId],
      ),
    ).rejects.toThrow('nobody rules on a unit that their own run parked');
    expect(await rule(books.people.controller)).toEqual({ closeAgain: true });
    await expect(rule(books.people.controller)).rejects.toEqual(refusal('ruled_already'));
    await expect(books.periods.submit(books.people.finance, JUNE)).rejects.toEqual(refusal('run_stale'));
    const { document } = await books.periods.close(books.people.finance, JUNE);
    expect(sectionOf(document, 'MOBILE')).toMatchObject({ gross: '135.27', parked: null });
    await books.issue(JUNE);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });

  it.each([
    ['released', '135.27', { amount: '-135.27' }],
    ['kept', '0.00', { amount: '0.00' }],
  ] as const)('%s after the issue move in the open period, out of what was parked', async (ruling, mobile, service) => {
    await closedThree(jump);
    await books.issue(JUNE);
    expect(await books.parked.rule(books.people.controller, JUNE, 'MOBILE', ruling, 'seen')).toEqual({
      closeAgain: false,
    });
    const july = '2026-07' as typeof MAY;
    const { document } = await books.periods.close(books.people.finance, july);
    expect(sectionOf(document, 'MOBILE').adjustments).toBe(mobile);
    expect((document['service'] as { adjustments: object }).adjustments).toMatchObject(service);
  });

  it('are those whose source is missing, and those whose contacts no pool takes', async () => {
    const model = BOUNDS.replace(
      'code: voice, kind: operating',
      'code: voice, kind: operating, serves: { channel: [voice] }',
    );
    await closedThree({
      'model.yaml': model,
      'contacts.csv': csv([
        ...months.flatMap((of) => [
          ...contacts(of, 20, 4),
          ...[1, 2].map((i) => contact(`${of}-acme-${i}`, `${of}-05`, 'network', { vendor: 'ACME' })),
        ]),
        ...contacts(JUNE, 20, 6),
        ...[1, 2].map((i) => contact(`fax-${i}`, '2026-06-05', 'network', { channel: 'fax' })),
      ]),
    });
    const { document } = await books.periods.close(books.people.finance, JUNE);
    const { parked } = sectionOf(document, 'MOBILE') as unknown as {
      parked: { reasons: { bound: string; why: string }[] };
    };
    expect(parked.reasons).toEqual([
      { bound: 'unmapped_share', why: 'no handling pool takes 25% of its contacts, more than 10%' },
      {
        bound: 'missing_source',
        why: expect.stringContaining('vendor ACME has no contacts this month; 33.3%') as string,
      },
    ]);
    expect(sectionOf(document, 'RETAIL')).toMatchObject({ parked: null });
  });

  it('are also those of whom nothing came at all, with nothing to hold but their name', async () => {
    await closedThree({
      'contacts.csv': csv([...months.flatMap((of) => contacts(of, 6, 4)), ...contacts(JUNE, 6, 0)]),
    });
    const { document } = await books.periods.close(books.people.finance, JUNE);
    expect(sectionOf(document, 'MOBILE')).toMatchObject({
      gross: '0.00',
      parked: { amount: '0.00', reasons: [{ bound: 'jump_against_trailing' }] },
      lines: [],
    });
    expect(sectionOf(document, 'RETAIL')).toMatchObject({ gross: '140.18', parked: null });
    await books.issue(JUNE);
    await books.parked.rule(books.people.controller, JUNE, 'MOBILE', 'released', 'they closed the shop');
    const july = '2026-07' as typeof MAY;
    expect(sectionOf((await books.periods.close(books.people.finance, july)).document, 'MOBILE')).toMatchObject({
      adjustments: '0.00',
    });
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });
});
