import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsersService } from '../../src/application/users.service.ts';
import { Database } from '../../src/persistence/database.ts';
import { csv } from '../builders/books.ts';
import { contact } from '../builders/small-house.ts';
import { answerableHere } from '../cli/answerable.ts';
import { KillableServer } from './killable-server.ts';
import { MonthsOfDeeds, STEP_NAMES } from './months-of-deeds.ts';
import { Program } from './program.ts';
import { SmallDisk } from './small-disk.ts';

/** Deeds on a full disk; each with a few pages more than the one before, so that it ends at another place. */
const DEEDS = 4 * STEP_NAMES.length;
const disk = SmallDisk.mount(160);

(disk ? describe : describe.skip)('the disk of the database is full (a tmpfs; only root may mount one)', () => {
  let server: KillableServer;
  let months: MonthsOfDeeds;
  let program: Program;
  let token: string;
  const elsewhere = mkdtempSync(join(tmpdir(), 'answerable-elsewhere-'));
  beforeAll(async () => {
    server = new KillableServer(disk!.path);
    await server.start();
    months = await MonthsOfDeeds.on(server.asDatabase(), DEEDS + STEP_NAMES.length);
    program = await Program.start(server.appUrl, months.people);
    const db = await Database.connect(server.appUrl);
    const users = new UsersService(db);
    token = (await users.createToken(await users.actorByLogin('finance'), 'finance', 'test', 1)).token;
    await db.close();
  }, 120_000);
  afterAll(async () => {
    disk!.free();
    await program.kill();
    await server.end();
    disk!.end();
    rmSync(elsewhere, { recursive: true, force: true });
  }, 60_000);

  const shell = (...args: string[]) => answerableHere(args, { DATABASE_URL: server.appUrl, ANSWERABLE_TOKEN: token });

  it('during a close: the period is still open, the message says why, and it works once there is space', async () => {
    const { step, month, given } = await months.deed(0);
    const close = () => shell('close', month);
    disk!.fill(0);
    const full = await close();
    expect([full.exitCode, full.stdout]).toEqual([1, '']);
    expect(full.stderr).toContain('the disk of the database is full; nothing was kept');
    expect(await months.timesDone(step, month)).toBe(0);
    disk!.free();
    expect((await close()).exitCode).toBe(0);
    expect(await months.timesDone(step, month)).toBe(1);
    expect(await program.answer(given)).toBe('done');
  });

  it('during an import: nothing is stored, the message says why, and the same file goes in afterwards', async () => {
    const file = join(elsewhere, 'contacts.csv');
    const rows = Array.from({ length: 5_000 }, (_, i) => contact(`late-${i}`, '2020-03-05', 'billing'));
    writeFileSync(file, csv(rows));
    disk!.fill(100_000);
    const full = await shell('import', 'contacts', file);
    expect([full.exitCode, full.stderr]).toEqual([
      1,
      expect.stringContaining('the disk of the database is full; nothing was kept'),
    ]);
    disk!.free();
    const again = await shell('import', 'contacts', file, '--json');
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('5000')]);
  });

  it('or the disk where a file goes: the message says so', async () => {
    disk!.fill(0);
    const full = await shell('statements', '2020-01', '--format', 'json', '--out', disk!.path);
    expect([full.exitCode, full.stderr]).toEqual([1, expect.stringContaining('the disk where the file goes is full')]);
    disk!.free();
    expect((await shell('statements', '2020-01', '--format', 'json', '--out', disk!.path)).exitCode).toBe(0);
  });

  it(`during ${DEEDS - 1} deeds: done or not, never by half, and the same program goes on`, async () => {
    let refusedByDisk = 0;
    for (let n = 1; n < DEEDS; n++) {
      const { step, month, given } = await months.deed(n);
      disk!.fill(Math.floor(n / STEP_NAMES.length) * 8_192);
      const answer = await program.answer(given);
      const times = await months.timesDone(step, month);
      expect([step, month, times]).toEqual([step, month, answer === 'done' ? 1 : 0]);
      if (answer !== 'done') refusedByDisk += 1;
      disk!.free();
      if (answer !== 'done') expect([step, month, await program.answer(given)]).toEqual([step, month, 'done']);
      expect([step, month, await months.timesDone(step, month)]).toEqual([step, month, 1]);
    }
    process.stderr.write(`${refusedByDisk} of ${DEEDS - 1} deeds met the end of the disk\n`);
    expect(refusedByDisk).toBeGreaterThan(2);
    expect(await months.faults()).toEqual([]);
  }, 120_000);
});
