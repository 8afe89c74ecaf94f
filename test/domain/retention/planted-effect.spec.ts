import { cohortFacts, decisionRows, earnedBy, serviceRows } from '../../../src/domain/retention/cohort.ts';
import type { CohortFacts, WindowReading } from '../../../src/domain/retention/effect.ts';
import { effectReadings } from '../../../src/domain/retention/effect.ts';
import {
  DECISION_DELAY_DAYS,
  SERVICE_DELAY_DAYS,
  episodes,
  referenceDays,
} from '../../../src/domain/retention/episode.ts';
import { discountFactors } from '../../../src/domain/retention/outcome.ts';
import type { World } from './world.ts';
import { world } from './world.ts';

const FULL = process.env['ANSWERABLE_FULL'] !== undefined;
const SEEDS = FULL ? 400 : 100;
/** 90% of the seeds, give or take 2.33 standard deviations of a binomial count: 346 to 374 of 400, 83 to 97 of 100. */
const COVERED = FULL ? [346, 374] : [83, 97];
const RIGHT_SIGN = SEEDS * 0.8;

const MONTH = { from: 0, to: 30 };
const WINDOWS = [30, 182, 548];
const POLICY = { windowsDays: WINDOWS, discountRate: 0.08, observedThrough: 600 };

function serviceFacts({ customers, earnings, contacts }: World): CohortFacts {
  const opened = episodes(contacts, SERVICE_DELAY_DAYS);
  const rows = serviceRows(opened, contacts.day, contacts.resolved, contacts.reason, MONTH);
  const earned = earnedBy(rows, { customers, earnings }, WINDOWS, SERVICE_DELAY_DAYS);
  return cohortFacts(rows, { customers, earned }, WINDOWS, SERVICE_DELAY_DAYS);
}

function decisionFacts({ customers, earnings, hits, notHit }: World): CohortFacts {
  const opened = episodes(hits, DECISION_DELAY_DAYS);
  const clockStart = referenceDays(opened.clockStart, notHit.length);
  const decision = new Int32Array(hits.day.length);
  const rows = decisionRows(opened, hits.day, decision, 0, MONTH, { customer: notHit, clockStart });
  const earned = earnedBy(rows, { customers, earnings }, WINDOWS, DECISION_DELAY_DAYS);
  return cohortFacts(rows, { customers, earned }, WINDOWS, DECISION_DELAY_DAYS);
}

interface Tally {
  readonly covered: number[];
  readonly rightSign: number[];
  nettable: number;
  /** seeds whose plain before–after interval covers the planted effect, and whose sign is right */
  naiveCovered: number;
  naiveRightSign: number;
}

/** Expected effect a customer, planted: a change a day over the bands, discounted as the estimate is. */
function planted(perDay: Float64Array, facts: CohortFacts, rows: ArrayLike<number>, window: number): number {
  const factors = discountFactors(WINDOWS, POLICY.discountRate);
  let days = 0;
  for (let k = 0; k <= window; k++) days += (WINDOWS[k]! - (WINDOWS[k - 1] ?? 0)) * factors[k]!;
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += perDay[facts.customer[rows[i]!]!]!;
  return (sum / rows.length) * days;
}

function judge(tally: Tally, facts: CohortFacts, readings: readonly WindowReading[], perDay: Float64Array): void {
  readings.forEach(({ effect }, window) => {
    if (effect.kind === 'refused') throw new Error(effect.why);
    const truth = planted(perDay, facts, effect.rows, window);
    const { low, high, perCustomer } = effect.perCustomer;
    if (low <= truth && truth <= high) tally.covered[window]!++;
    if (Math.sign(perCustomer) === Math.sign(truth)) tally.rightSign[window]!++;
    if (window !== 1) return;
    if (effect.nettable) tally.nettable++;
    // What a plain report would say: the treated customers' half year after against the half year before.
    const treated = Array.from(facts.treated, (_, i) => i).filter((i) => facts.treated[i] === 1);
    const changes = treated.map((i) => facts.bands[0]![i]! + facts.bands[1]![i]! - facts.before[i]!);
    const mean = changes.reduce((sum, value) => sum + value, 0) / changes.length;
    const squares = changes.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const margin = 1.645 * Math.sqrt(squares / (changes.length - 1) / changes.length);
    if (Math.abs(mean - truth) <= margin) tally.naiveCovered++;
    if (Math.sign(mean) === Math.sign(truth)) tally.naiveRightSign++;
  });
}

function tallyOf(of: (world: World) => { facts: CohortFacts; perDay: Float64Array }): Tally {
  const tally: Tally = { covered: [0, 0, 0], rightSign: [0, 0, 0], nettable: 0, naiveCovered: 0, naiveRightSign: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { facts, perDay } = of(world(seed, 1600));
    judge(tally, facts, effectReadings(facts, POLICY), perDay);
  }
  return tally;
}

describe(`planted effects over ${SEEDS} seeded companies`, () => {
  it.each([
    ['the gain by resolving', (it: World) => ({ facts: serviceFacts(it), perDay: it.resolvedPerDay })],
    ['the damage of a bad fee', (it: World) => ({ facts: decisionFacts(it), perDay: it.hitPerDay })],
  ])(
    'finds %s, where a plain before–after comparison does not',
    (name, of) => {
      const tally = tallyOf(of);
      console.log(`${name}: of ${SEEDS} seeds ${JSON.stringify(tally)}`);
      tally.covered.forEach((count) => {
        expect(count).toBeGreaterThanOrEqual(COVERED[0]!);
        expect(count).toBeLessThanOrEqual(COVERED[1]!);
      });
      tally.rightSign.slice(1).forEach((count) => expect(count).toBeGreaterThanOrEqual(RIGHT_SIGN));
      expect(tally.naiveCovered).toBeLessThan(SEEDS * 0.05);
      expect(tally.naiveRightSign).toBeLessThan(SEEDS * 0.2);
    },
    FULL ? 3_600_000 : 600_000,
  );
});
