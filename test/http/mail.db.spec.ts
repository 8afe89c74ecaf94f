import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { configOf } from '../../src/config.ts';
import { startService, type RunningService } from '../../src/service.ts';
import { Api, type Said } from './api.ts';
import { households, type Households } from './households.ts';

jest.setTimeout(120_000);

interface Letter {
  readonly to: readonly string[];
  readonly text: string;
}

/** Text of a mail with what its encodings hide. */
function opened(message: string): string {
  const parts = message.split(/\r?\n--[^\r\n]+\r?\n/).map((part) => {
    const [head = '', ...rest] = part.split(/\r?\n\r?\n/);
    const body = rest.join('\n\n');
    if (/content-transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
    if (/content-transfer-encoding: quoted-printable/i.test(head))
      return Buffer.from(
        body
          .replace(/=\r?\n/g, '')
          .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        'latin1',
      ).toString('utf8');
    return '';
  });
  return [message, ...parts].join('\n');
}

describe('mailing issued statements', () => {
  let house: Households;
  let folder: string;
  const letters: Letter[] = [];
  let fault: number | undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _session, done) =>
      fault === undefined || !address.startsWith('ravi')
        ? done()
        : done(Object.assign(new Error('not now'), { responseCode: fault })),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        letters.push({ to, text: opened(Buffer.concat(chunks).toString('utf8')) });
        done();
      });
    },
  });
  const services: RunningService[] = [];

  /** The service with another way for its mail. */
  async function served(environment: Readonly<Record<string, string>>): Promise<Api> {
    const config = configOf({ LOG_LEVEL: 'silent', DATABASE_URL: house.books.database.appUrl, ...environment });
    const service = await startService(Object.assign(config, { port: 0 }), house.books.db, {
      demoPeople: [],
      mostGuesses: 1_000,
    });
    services.push(service);
    return new Api(service.address, house);
  }

  beforeAll(async () => {
    house = await households();
    await house.service.stop(); // it would take jobs, too
    folder = mkdtempSync(join(tmpdir(), 'answerable-mail-'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { users, people, sql } = house.books;
    for (const unit of ['consumer', 'shops', 'mobile'])
      await sql(`update app_user set mail_address = $1 where login = $2`, [`${unit}@example.com`, `owner-${unit}`]);
    await users.add(people.admin, { login: 'gone', name: 'Gone', role: 'unit_owner', units: ['RETAIL'] });
    await users.disable(people.admin, 'gone');
  });
  afterAll(async () => {
    for (const service of services) await service.stop();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(folder, { recursive: true, force: true });
    await house?.end();
  });

  const done = <T>(said: Said): T => {
    if (said.status !== 200) throw new Error(`${said.status}: ${said.text}`);
    return said.body as T;
  };
  interface Report {
    readonly queued: { statement: string; to: string; job: string }[];
    readonly before: number;
    readonly withoutAddress: string[];
    readonly withoutOwner: string[];
  }
  const stateOf = async (api: Api, job: string, until: (job: { state: string; attempts: number }) => boolean) => {
    for (let i = 0; i < 200; i += 1) {
      const shown = done<{ state: string; attempts: number; problem: { code: string } | null }>(
        await api.get('controller', `/jobs/${job}`),
      );
      if (until(shown)) return shown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`job ${job} stays as it is`);
  };
  const ended = ({ state }: { state: string }): boolean => state === 'done' || state === 'failed';
  /** Nothing in it that only another unit's people may know, nor its code. */
  function holdsOnly(text: string, units: readonly string[]): void {
    for (const unit of ['CONSUMER', 'RETAIL', 'SHOPS', 'MOBILE'].filter((other) => !units.includes(other)))
      for (const secret of [...house.secretsOf(unit), unit, `reason-${unit}`, `About ${unit}`])
        expect([units, secret, text.includes(secret)]).toEqual([units, secret, false]);
  }

  it('is refused where no way for mail is configured', async () => {
    const api = await served({});
    expect((await api.post('controller', '/periods/2026-03/mail')).body).toMatchObject({ code: 'no_mail_server' });
    await services.at(-1)!.stop();
  });

  it('keeps .eml files: to each owner one for each statement that the owner may see, and no other', async () => {
    const api = await served({ MAIL_FOLDER: folder, MAIL_LANGUAGE: 'de' });
    const report = done<Report>(await api.post('controller', '/periods/2026-03/mail'));
    expect(report).toMatchObject({ before: 0, withoutAddress: ['ravi'], withoutOwner: ['SERVICE'] });
    expect(report.queued.map(({ statement, to }) => `${to} ${statement}`).sort()).toEqual([
      ...['CONSUMER', 'MOBILE', 'RETAIL', 'SHOPS'].map((unit) => `owner-consumer 2026-03/${unit}/1`),
      'owner-mobile 2026-03/MOBILE/1',
      'owner-shops 2026-03/SHOPS/1',
    ]);
    for (const { job } of report.queued) expect((await stateOf(api, job, ended)).state).toBe('done');
    const names = readdirSync(folder).sort();
    expect(names).toHaveLength(report.queued.length);
    for (const name of names) {
      const [, unit] = /^statement-2026-03-([A-Z]+)-1-owner-[a-z]+\.eml$/.exec(name)!;
      const text = opened(readFileSync(join(folder, name), 'utf8'));
      holdsOnly(text, [unit!]);
      const [{ sha256 }] = (await house.books.sql(`select sha256 from issued_statement where number = $1`, [
        `2026-03/${unit}/1`,
      ])) as [{ sha256: string }];
      expect([name, text.includes(sha256)]).toEqual([name, true]);
      expect(text).toMatch(new RegExp(`http://localhost:\\d+/statements/2026-03/${unit}\\b`));
      expect(text).toContain('Jede Belastung führt zu den Kontakten');
    }
    const again = done<Report>(await api.post('controller', '/periods/2026-03/mail'));
    expect([again.queued, again.before]).toEqual([[], 6]);
    const events = await house.books.audit.newest(house.books.people.auditor, { deed: 'statement.mail' });
    expect(events).toHaveLength(6);
    await services.at(-1)!.stop();
  });

  it('goes through a mail server; what that does not take now is kept and sent later, what it never takes is reported', async () => {
    const { port } = server.server.address() as AddressInfo;
    const api = await served({ SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'books@example.com' });
    expect(
      done(await api.ask('admin', 'PUT', '/users/ravi/mail-address', { body: { mailAddress: 'ravi@example.com' } })),
    ).toEqual({ login: 'ravi', mailAddress: 'ravi@example.com' });
    for (const mailAddress of ['ravi', 'a@b\r\nBcc: c@d', 'a@b,c@d', '<a@b>'])
      expect((await api.ask('admin', 'PUT', '/users/ravi/mail-address', { body: { mailAddress } })).body).toMatchObject(
        {
          code: 'bad_address',
        },
      );
    fault = 451;
    const { queued } = done<Report>(await api.post('finance', '/periods/2026-03/mail'));
    expect(queued.map(({ statement, to }) => `${to} ${statement}`)).toEqual([
      'ravi 2026-03/RETAIL/1',
      'ravi 2026-03/SHOPS/1',
    ]);
    for (const { job } of queued) {
      await stateOf(api, job, ({ attempts }) => attempts > 0);
      await stateOf(api, job, ({ state }) => state === 'waiting');
    }
    expect(letters).toEqual([]);
    fault = undefined;
    await house.books.sql(`update job set due_at = now() where state = 'waiting'`);
    for (const { job } of queued) expect(await stateOf(api, job, ended)).toMatchObject({ state: 'done', attempts: 2 });
    expect(letters.map(({ to }) => to)).toEqual([['ravi@example.com'], ['ravi@example.com']]);
    for (const [i, unit] of ['RETAIL', 'SHOPS'].entries()) {
      holdsOnly(letters[i]!.text, [unit]);
      expect(letters[i]!.text).toContain('From: books@example.com');
    }
    fault = 550;
    const never = done<Report>(await api.post('finance', '/periods/2026-03/mail', { unit: 'RETAIL', again: true }));
    const own = never.queued.find(({ to }) => to === 'ravi')!;
    expect(await stateOf(api, own.job, ended)).toMatchObject({ state: 'failed', problem: { code: 'mail_refused' } });
    fault = undefined;
    // A failed one is no mail of before: asked again, it goes.
    expect(done<Report>(await api.post('finance', '/periods/2026-03/mail', { unit: 'MOBILE' })).before).toBe(2);
  });

  it('goes by itself at issue, when the company has set that', async () => {
    const api = new Api(services.at(-1)!.address, house);
    done(await api.ask('admin', 'PUT', '/settings/mail-on-issue', { body: { mailOnIssue: true } }));
    expect(done(await api.get('auditor', '/settings'))).toMatchObject({ mailOnIssue: true });
    letters.length = 0;
    done(await api.post('finance', '/periods/2026-04/submit'));
    done(await api.post('controller', '/periods/2026-04/approve'));
    done(await api.post('controller', '/periods/2026-04/issue'));
    for (let i = 0; i < 600 && letters.length < 8; i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(letters.map(({ to }) => to.join()).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'consumer@example.com'),
      'mobile@example.com',
      ...['ravi@example.com', 'ravi@example.com', 'shops@example.com'],
    ]);
  });
});
