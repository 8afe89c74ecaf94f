import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditBody, AuditEvent } from '../../src/domain/audit-chain.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { HOUSE, MARCH } from '../builders/small-house.ts';

const bodyOf = (event: AuditEvent): AuditBody => JSON.parse(event.body) as AuditBody;

describe('the audit log', () => {
  let books: TestBooks;
  let folder: string;
  beforeAll(async () => {
    books = await testBooks();
    folder = mkdtempSync(join(tmpdir(), 'answerable-audit-'));
    await books.given(HOUSE);
    await books.issue(MARCH);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await books.end();
  });
  const deeds = async (object?: string): Promise<AuditBody[]> =>
    (await books.audit.list(books.people.auditor, { object }, 10_000)).map(bodyOf);

  it('has a row for every deed, in order: imports, model, close, submit, approve, issue', async () => {
    const all = (await deeds()).map((body) => body.deed);
    expect(all.filter((deed) => deed === 'import.run')).toHaveLength(5);
    expect(all.filter((deed) => !deed.startsWith('import.'))).toEqual([
      'company.keep',
      'model.apply',
      'period.close',
      'period.submit',
      'period.approve',
      'statement.issue',
      'statement.issue',
      'statement.issue',
      'period.issue',
    ]);
  });

  it('says who, what, before and after, from where and in which request', async () => {
    const cli = { ...books.people.admin, from: { door: 'cli', request: 'r-1' } } as const;
    await books.users.add(cli, { login: 'ravi', name: 'Ravi', role: 'unit_owner', units: ['RETAIL'] });
    await books.users.changeRole(cli, 'ravi', 'unit_owner', ['MOBILE']);
    const made = await books.users.createToken(cli, 'ravi', 'nightly', 30);
    await books.users.disable(cli, 'ravi');
    expect(await deeds('ravi')).toMatchObject([
      { deed: 'user.add', actor: 'admin', door: 'cli', request: 'r-1', before: null },
      { deed: 'user.change', before: { units: ['RETAIL'] }, after: { units: ['MOBILE'] } },
      { deed: 'user.disable', before: { disabled: false }, after: { disabled: true } },
    ]);
    const token = (await deeds(`${made.tokenId}`)).filter(({ object }) => object.kind === 'token');
    expect(token).toMatchObject([
      { deed: 'token.create', for: 'ravi' },
      { deed: 'token.revoke', for: 'ravi' },
    ]);
    expect(JSON.stringify(token)).not.toContain(made.token);
  });

  it('has no row of a deed that was refused or only tried', async () => {
    const before = (await deeds()).length;
    await expect(books.periods.submit(books.people.finance, MARCH)).rejects.toThrow();
    await books.periods.close(books.people.finance, '2026-04' as typeof MARCH, { preview: true });
    writeFileSync(join(folder, 'units.csv'), 'unit_code,name\nNEW,New\n');
    await books.imports.importFile(books.people.finance, 'units', join(folder, 'units.csv'), { dryRun: true });
    expect((await deeds()).length).toBe(before);
  });

  it('keeps one-person mode with its reason, and prints it on statements', async () => {
    const { admin, finance } = books.people;
    await expect(books.settings.setOnePerson(finance, true, 'small')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(books.settings.setOnePerson(admin, true, '')).rejects.toMatchObject({ code: 'reason_missing' });
    await books.settings.setOnePerson(admin, true, 'there is only Dana');
    const april = '2026-04' as typeof MARCH;
    await books.periods.close(finance, april);
    await books.periods.submit(finance, april);
    const dana = { ...finance, role: 'controller' as const };
    await books.periods.approve(dana, april);
    await books.periods.issue(dana, april);
    const [statement] = await books.issued.files(finance, april, { unit: 'RETAIL' });
    expect(statement!.file).toMatchObject({ onePersonMode: true, document: { onePersonMode: true } });
    await books.settings.setOnePerson(admin, false, 'Carl joined');
    expect((await deeds('Small')).map(({ deed, reason }) => [deed, reason])).toEqual([
      ['company.keep', null],
      ['company.one_person', 'there is only Dana'],
      ['company.one_person', 'Carl joined'],
    ]);
  });

  it('is exported whole, checked whole, and names the row that was changed', async () => {
    const lines: string[] = [];
    const head = await books.audit.export(books.people.auditor, (line) => lines.push(line));
    expect(lines).toHaveLength(head.no);
    expect(await books.audit.verify(books.people.auditor)).toEqual({ head, faults: [] });
    await books.sql('alter table audit_event disable trigger user');
    await books.sql(
      `update audit_event set body = replace(body, 'period.approve', 'period.submits') where deed = 'period.approve'`,
    );
    const { faults } = await books.audit.verify(books.people.auditor);
    expect(faults.every((fault) => fault.endsWith('its content was changed'))).toBe(true);
    await books.sql(`update audit_event set body = replace(body, 'period.submits', 'period.approve')`);
    await books.sql('delete from audit_event where event_no = 3');
    expect((await books.audit.verify(books.people.auditor)).faults[0]).toBe('audit event 3: is missing');
    await books.sql('alter table audit_event enable trigger user');
  });

  it('takes nothing that does not continue the chain, from nobody', async () => {
    const forged = ['{"no":99999}', 'a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)];
    await expect(
      books.db.books((tx) =>
        tx.query(
          'insert into audit_event (event_no, body, leaf_hash, prev_hash, hash) values (99999, $1, $2, $3, $4)',
          forged,
        ),
      ),
    ).rejects.toThrow('does not continue the chain');
  });
});
