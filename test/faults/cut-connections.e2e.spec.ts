import { testDatabase, type TestDatabase } from '../database/test-database.ts';
import { CuttingProxy, type Cut } from './cutting-proxy.ts';
import { MonthsOfDeeds, STEP_NAMES } from './months-of-deeds.ts';
import { Program } from './program.ts';
import { randomNumbers, SEED } from './seed.ts';

/** Cuts at random bytes: 42 here, 490 with ANSWERABLE_FULL (reliability F3). */
const RANDOM_CUTS = STEP_NAMES.length * (process.env['ANSWERABLE_FULL'] ? 70 : 6);

describe(`the connection to the database is cut (ANSWERABLE_SEED=${SEED})`, () => {
  let database: TestDatabase;
  let proxy: CuttingProxy;
  let months: MonthsOfDeeds;
  let program: Program;
  let n = 0;
  const random = randomNumbers();
  beforeAll(async () => {
    database = await testDatabase();
    months = await MonthsOfDeeds.on(database, 3 * STEP_NAMES.length + RANDOM_CUTS);
    proxy = await CuttingProxy.before(database.appUrl);
    program = await Program.start(proxy.proxiedUrl, months.people);
  }, 120_000);
  afterAll(async () => {
    await program.kill();
    proxy.end();
    await database.drop();
  });

  /** The next deed under a cut, and again without: one effect, by the same program, without a restart. */
  async function cutOnce(cut: Cut) {
    const { step, month, given } = await months.deed(n++);
    proxy.next(cut);
    const answer = await program.answer(given);
    const { hasCut } = proxy;
    proxy.next({ at: 'never' });
    await months.quiet();
    const times = await months.timesDone(step, month);
    const again = await program.answer(given);
    expect([step, month, again]).toEqual([step, month, times === 1 && step !== 'close' ? 'refused' : 'done']);
    expect([step, month, await months.timesDone(step, month)]).toEqual([step, month, 1]);
    expect(program.isAlive).toBe(true);
    return { step, answer, hasCut, times };
  }

  it.each(STEP_NAMES)('after COMMIT, so that the answer to %s is lost: it is done, and done once', async (step) => {
    expect(await cutOnce({ at: 'after_commit' })).toMatchObject({ step, answer: 'lost', hasCut: true, times: 1 });
  });

  it.each(STEP_NAMES)('before COMMIT: %s is undone, and said to be', async (step) => {
    expect(await cutOnce({ at: 'before_commit' })).toMatchObject({ step, answer: 'lost', hasCut: true, times: 0 });
  });

  it(`at ${RANDOM_CUTS} random bytes: one effect each, the books balance, the chain is unbroken`, async () => {
    const seen = { done: 0, refused: 0, lost: 0 };
    for (let i = 0; i < RANDOM_CUTS; i++) {
      const { answer, times } = await cutOnce({ at: 'byte', byte: Math.floor(random() ** 2 * 60_000) });
      if (answer === 'done') expect(times).toBe(1);
      seen[answer] += 1;
    }
    process.stderr.write(`ANSWERABLE_SEED=${SEED}: ${JSON.stringify(seen)}\n`);
    expect(seen).toMatchObject({ refused: 0 });
    expect(await months.faults()).toEqual([]);
  }, 1_200_000);
});
