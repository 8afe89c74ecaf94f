import { setTimeout as sleep } from 'node:timers/promises';
import { KillableServer } from './killable-server.ts';
import { MonthsOfDeeds, STEP_NAMES, type Step } from './months-of-deeds.ts';
import { Program } from './program.ts';
import { randomNumbers, SEED } from './seed.ts';

/** Kills of the program and of PostgreSQL: 50 here, 650 with ANSWERABLE_FULL (reliability F1). */
const KILLS = process.env['ANSWERABLE_FULL'] ? { program: 500, server: 150 } : { program: 40, server: 10 };
/** A fifth of the kills and more come after the acknowledgement (reliability §7): these, and what falls late into the window. */
const AFTERWARDS = 0.2;
/** Of the deed's own time in a program that has just started; the victims have done a deed before and are quicker. */
const WINDOW = 0.9;

describe(`killed at random moments (ANSWERABLE_SEED=${SEED})`, () => {
  let server: KillableServer;
  let months: MonthsOfDeeds;
  const random = randomNumbers();

  beforeAll(async () => {
    server = new KillableServer();
    await server.start();
    months = await MonthsOfDeeds.on(server.asDatabase(), STEP_NAMES.length + KILLS.program + KILLS.server);
  }, 300_000);
  afterAll(() => server.end(), 120_000);

  (process.platform === 'linux' ? it : it.skip)(
    'acknowledged acts stay, nothing happens twice, the books balance, the chain is unbroken',
    async () => {
      const victims = [
        ...Array.from({ length: KILLS.program }, () => 'program' as const),
        ...Array.from({ length: KILLS.server }, () => 'server' as const),
      ]
        .map((victim) => ({ victim, order: random() }))
        .sort((a, b) => a.order - b.order);
      const seen = { acknowledged: 0, committedUnheard: 0, undone: 0 };
      const start = () => Program.start(server.appUrl, months.people);
      const took = new Map<Step, number>();
      for (let n = 0; n < STEP_NAMES.length; n++) {
        const { step, given } = await months.deed(n);
        const program = await start();
        const began = performance.now();
        expect(await program.answer(given)).toBe('done');
        took.set(step, performance.now() - began);
        await program.kill();
      }
      let program = await start();
      for (const [i, { victim }] of victims.entries()) {
        const { step, month, given } = await months.deed(STEP_NAMES.length + i);
        const backends = await server.backends();
        const answer = program.answer(given);
        const moment = random();
        if (random() < AFTERWARDS) await answer;
        else await sleep(moment * WINDOW * took.get(step)!);
        await (victim === 'program' ? program : server).kill();
        const heard = (await answer) === 'done';
        if (victim === 'server') {
          await program.kill();
          await server.start();
        }
        const next = start(); // it starts while the database notices that the other one is gone
        await server.areGone(backends);
        const times = await months.timesDone(step, month);
        if (heard) expect([step, month, times]).toEqual([step, month, 1]);
        seen[heard ? 'acknowledged' : times === 1 ? 'committedUnheard' : 'undone'] += 1;
        program = await next;
        const again = await program.answer(given);
        expect([step, month, again]).toEqual([step, month, times === 1 && step !== 'close' ? 'refused' : 'done']);
        expect([step, month, await months.timesDone(step, month)]).toEqual([step, month, 1]);
      }
      await program.kill();
      process.stderr.write(`ANSWERABLE_SEED=${SEED}: ${JSON.stringify(seen)}\n`);
      expect(await months.faults()).toEqual([]);
    },
    6_000_000,
  );
});
