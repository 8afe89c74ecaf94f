import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RetentionSources } from '../../src/application/customer-earnings.ts';
import { effectsByThread } from '../../src/application/effects-thread.ts';
import { readCosting, readRules } from '../../src/application/read-close.ts';
import { retentionFacts } from '../../src/application/retention-facts.ts';
import {
  toldEffects,
  type EffectSources,
  type GroupsOf,
  type ToldEffects,
} from '../../src/application/told-effects.ts';
import { Refusal } from '../../src/domain/errors.ts';
import { addMonths, lastDay, period } from '../../src/domain/period.ts';
import { dayNumber } from '../../src/domain/retention/cohort.ts';
import { dueCohorts } from '../../src/domain/retention/maturity.ts';
import { intoDailyFiles } from '../../src/generator/daily-files.ts';
import { generate } from '../../src/generator/generate.ts';
import type { Tx } from '../../src/persistence/database.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';

const OCTOBER = period('2026-10');
const ROWS = 64_000; // contacts and events, about
/** 32-bit words of a packed contact or event, about. */
const WORDS_EACH = 10;

/** A company with referrals, corrected contacts and late rows, read in one slice of its customers and in many. */
describe('retention in slices of the customer range', () => {
  let books: TestBooks;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'answerable-slices-'));
    const company = join(folder, 'company');
    await generate({
      folder: company,
      contacts: 36_000,
      months: 21,
      exposures: 14_000,
      revenueEvents: 60_000,
      seed: 5,
    });
    rmSync(join(company, 'surveys.csv'));
    const daily = await intoDailyFiles(company, OCTOBER);
    books = await testBooks();
    const { finance } = books.people;
    const { stoppedAt } = await books.imports.importFolder(finance, company, {
      applyModel: async (yaml) => `model ${(await books.models.apply(finance, yaml)).modelId}`,
    });
    expect(stoppedAt).toBeUndefined();
    for (const { path } of daily) await books.imports.importFolder(finance, path);
    rmSync(folder, { recursive: true, force: true });
  }, 300_000);
  afterAll(() => books.end());

  async function sourcesOf(tx: Tx): Promise<RetentionSources> {
    const { model, register, mark, company } = await readRules(tx, OCTOBER);
    return { period: OCTOBER, mark, currency: company.currency, model, register };
  }

  async function effectsOf(
    tx: Tx,
    sources: RetentionSources,
    rows: number,
    tell: (sources: EffectSources, groupsOf: GroupsOf) => ToldEffects | Promise<ToldEffects> = toldEffects,
  ): Promise<ToldEffects> {
    const { windows_days: windowsDays } = sources.model.retention!;
    const cohorts = (['decision', 'service'] as const).flatMap((effect) =>
      dueCohorts(effect, windowsDays, addMonths(OCTOBER, -1), OCTOBER),
    );
    const policy = {
      ...{ windowsDays, discountRate: 0.08, observedThrough: dayNumber(lastDay(OCTOBER)) },
      ...{ netProvisional: true, digits: 2 },
    };
    const { groups, ...facts } = await retentionFacts(tx, sources, cohorts, policy, { words: WORDS_EACH * rows });
    return await tell({ ...facts, cohorts, before: { decision: [], service: [] }, policy }, (cohort) =>
      groups.of(cohort),
    );
  }

  it('posts the same to the bit in 1, 2, 7 and as many slices as there are', async () => {
    const [referred] = await books.sql<{ n: number }>("select count(*)::int as n from revenue where kind = 'referral'");
    expect(referred!.n).toBeGreaterThan(20);
    await books.db.books(async (tx) => {
      const sources = await sourcesOf(tx);
      const whole = await effectsOf(tx, sources, Infinity);
      expect(whole.posted.filter(({ reading }) => reading?.effect.kind === 'measured').length).toBeGreaterThan(2);
      expect(whole.forecasts.filter(({ forecast }) => forecast.kind === 'forecast').length).toBeGreaterThan(2);
      expect(whole.touches.length).toBeGreaterThan(20);
      for (const rows of [ROWS / 2, ROWS / 7, 1]) expect(await effectsOf(tx, sources, rows)).toStrictEqual(whole);
      expect(await effectsOf(tx, sources, Infinity, effectsByThread)).toStrictEqual(whole);
    });
  }, 300_000);

  it('is read for a close by a thread as without one', async () => {
    await books.db.books(async (tx) => {
      const read = (threadFrom: number) =>
        readCosting(tx, OCTOBER, undefined, undefined, { retention: true, control: 'sample', threadFrom });
      const [byThread, without] = [await read(0), await read(Infinity)];
      expect(byThread.context.inputsHash).toBe(without.context.inputsHash);
      expect(byThread.inputs.retention).toStrictEqual(without.inputs.retention);
      expect(byThread.upper).toStrictEqual(without.upper);
      expect(without.inputs.retention!.effects.posted.length).toBeGreaterThan(2);
    });
  }, 300_000);

  it('is refused by a thread as without one', async () => {
    await books.db.books(async (tx) => {
      const sources = await sourcesOf(tx);
      const shortOfARate = (tell: typeof toldEffects | typeof effectsByThread) =>
        effectsOf(tx, sources, Infinity, (told, groupsOf) =>
          tell({ ...told, policy: { ...told.policy, discountRate: undefined } }, groupsOf),
        ).catch((problem: Refusal) => problem);
      const refused = await shortOfARate(toldEffects);
      expect(refused).toMatchObject({ code: 'discount_rate_required' });
      const byThread = await shortOfARate(effectsByThread);
      expect(byThread).toBeInstanceOf(Refusal);
      expect({ ...byThread }).toEqual({ ...refused });
      expect((byThread as Refusal).message).toBe((refused as Refusal).message);
    });
  }, 300_000);

  it('is refused for the same event where margins are missing', async () => {
    await books.db.books(async (tx) => {
      const { model, ...sources } = await sourcesOf(tx);
      const asked = { ...sources, model: { ...model, retention: { ...model.retention!, margin_rate: undefined } } };
      const told = await effectsOf(tx, asked, Infinity).catch((problem: Error) => problem.message);
      expect(told).toMatch(/a revenue event of \d{4}-\d\d-\d\d has no margin/);
      for (const rows of [ROWS / 7, 1]) await expect(effectsOf(tx, asked, rows)).rejects.toThrow(told as string);
    });
  }, 300_000);
});
