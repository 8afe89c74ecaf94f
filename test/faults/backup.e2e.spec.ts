import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../src/embedded/database.ts';
import { claimant } from '../../src/embedded/home.ts';
import { packageRoot } from '../../src/package-root.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { ensureDatabase, ensureRoles } from '../../src/persistence/roles.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { contact, HOUSE, JUNE, MAY } from '../builders/small-house.ts';
import { installedMajor, startInstalled } from '../database/installed-server.ts';
import type { TestDatabase } from '../database/test-database.ts';
import { databaseUrl } from '../database/test-server.ts';
import { newHome, removeHomes, until } from '../embedded/commands.ts';

const MAJOR = 15;
const installed = installedMajor(MAJOR);
const hasDump = installed !== undefined && existsSync(join(installed, 'bin', 'pg_dump'));

/** Issues May, with a late contact waiting, and says what was given out. */
async function issued(books: TestBooks) {
  await books.given(HOUSE);
  await books.issue(MAY);
  await books.given({ 'contacts.csv': csv([contact('late', `${MAY}-20`, 'billing')]) });
  return await books.issued.list(books.people.auditor, MAY);
}

/** Everything recomputes, what was given out is the same, and the books go on. */
async function expectWhole(books: TestBooks, before: unknown): Promise<void> {
  const { differences, checked } = await books.verify.verify(books.people.auditor);
  expect([differences, checked.length]).toEqual([[], 2]);
  expect(await books.issued.list(books.people.auditor, MAY)).toEqual(before);
  await books.issue(JUNE);
  expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
}

describe('a backup of the embedded database: the home, copied while no command runs', () => {
  afterEach(removeHomes, 60_000);

  it('is whole in another home, after the first one is gone', async () => {
    const linger = process.env['ANSWERABLE_LINGER_SECONDS'];
    process.env['ANSWERABLE_LINGER_SECONDS'] = '0';
    try {
      const [home, copy] = [newHome(), newHome()];
      const on = async (folder: string, people: TestBooks['people'] | undefined) => {
        const opened = await openEmbedded(folder);
        const database: TestDatabase = { ...opened, name: 'answerable', drop: () => Promise.resolve() };
        const end = async (books: TestBooks) => {
          await books.close();
          await opened.release();
          await until(() => claimant(folder) === undefined, 60_000);
        };
        return { books: await testBooks(database, people), end };
      };
      const first = await on(home, undefined);
      const before = await issued(first.books);
      await first.end(first.books);
      expect(existsSync(join(home, 'pg18', 'postmaster.pid'))).toBe(false); // the sign that it may be copied
      execFileSync('cp', ['-a', `${home}/.`, copy]);
      rmSync(join(home, 'pg18'), { recursive: true });
      const second = await on(copy, first.books.people);
      await expectWhole(second.books, before);
      await second.end(second.books);
    } finally {
      if (linger === undefined) delete process.env['ANSWERABLE_LINGER_SECONDS'];
      else process.env['ANSWERABLE_LINGER_SECONDS'] = linger;
    }
  }, 180_000);
});

(hasDump ? describe : describe.skip)(`a dump of a PostgreSQL ${MAJOR} of one's own (needs its pg_dump)`, () => {
  it('is whole in another database, and stays so through an upgrade', async () => {
    const server = await startInstalled(installed!);
    const folder = mkdtempSync(join(tmpdir(), 'answerable-backup-'));
    const run = (program: string, ...args: string[]) =>
      execFileSync(join(installed!, 'bin', program), args, { stdio: 'pipe' });
    const database = (name: string): TestDatabase => ({
      ...{ name, adminUrl: databaseUrl(server.adminUrl, name), drop: () => Promise.resolve() },
      appUrl: databaseUrl(server.adminUrl, name, { name: 'answerable_app', password: 'only-here' }),
    });
    try {
      await ensureRoles(server.adminUrl, { migrator: 'only-here', app: 'only-here' });
      for (const name of ['one', 'other']) {
        await ensureDatabase(server.adminUrl, name);
        await migrate(databaseUrl(server.adminUrl, name));
      }
      const first = await testBooks(database('one'));
      const before = await issued(first);
      const file = join(folder, 'answerable.dump');
      run('pg_dump', '--format=custom', `--file=${file}`, database('one').adminUrl);
      await first.close();
      run('pg_restore', '--clean', '--if-exists', '--exit-on-error', `--dbname=${database('other').adminUrl}`, file);

      cpSync(join(packageRoot, 'migrations'), join(folder, 'migrations'), { recursive: true });
      const newest = Math.max(...readdirSync(join(folder, 'migrations')).map((name) => parseInt(name, 10)));
      writeFileSync(
        join(folder, 'migrations', `${String(newest + 1).padStart(3, '0')}-next-release.sql`),
        `alter table statement_line add column note text; create index on statement_line (note);`,
      );
      const ran = await migrate(database('other').adminUrl, { folder: join(folder, 'migrations') });
      expect(ran).toHaveLength(1);
      const second = await testBooks(database('other'), first.people);
      await expectWhole(second, before);
      await expect(second.sql('delete from issue')).rejects.toThrow('append-only'); // guards came along, too
      await second.close();
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 180_000);
});
