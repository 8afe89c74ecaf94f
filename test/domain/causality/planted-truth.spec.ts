import { incremental } from '../../../src/domain/causality/incremental.ts';
import { simulated, type SimulatedWorld } from './simulated-series.ts';

/**
 * Seeds are fixed and consecutive, each world has its own 400, so that none shares the luck of another. The bounds are those of 400 runs; the sample of 100 has the same rates with the
 * room that 100 runs need (three standard deviations of a count at the bound).
 */
const FULL = process.env['ANSWERABLE_FULL'] !== undefined;
const RUNS = FULL ? 400 : 100;

interface Counts {
  covered: number;
  chargeable: number;
  down: number;
}

function count(name: string, world: SimulatedWorld, block: number, runs = RUNS): Counts {
  const counts: Counts = { covered: 0, chargeable: 0, down: 0 };
  for (let seed = 400 * block + 1; seed <= 400 * block + runs; seed++) {
    const { request, truth } = simulated(seed, world);
    const [found] = incremental(request);
    if (found!.low <= truth && truth <= found!.high) counts.covered++;
    if (found!.chargeable) counts.chargeable++;
    if (found!.clear && !found!.chargeable) counts.down++;
  }
  console.info(
    `planted truth, ${name}: covered ${counts.covered} of ${runs}, chargeable ${counts.chargeable}, fewer ${counts.down}`,
  );
  return counts;
}

/** The bound of 400 runs, with the room that fewer runs need. */
function bound(of400: number, runs: number, sign: 1 | -1): number {
  const share = of400 / 400;
  const room = runs === 400 ? 0 : 3 * Math.sqrt(runs * share * (1 - share));
  return Math.round(runs * share + sign * room);
}

describe('a planted lift, 100 contacts a day, over-dispersion 2, 365 days before and 90 after', () => {
  it.each([
    ['a lift of 12%', 0, { lift: 0.12 }],
    ['a lift of 12%, autocorrelation 0.3', 1, { lift: 0.12, correlation: 0.3 }],
  ] as const)(
    '%s is covered by the 90%% interval and chargeable',
    (name, block, world) => {
      const { covered, chargeable } = count(name, world, block);
      expect(covered).toBeGreaterThanOrEqual(bound(346, RUNS, -1));
      expect(covered).toBeLessThanOrEqual(bound(374, RUNS, 1));
      expect(chargeable).toBeGreaterThanOrEqual(bound(320, RUNS, -1));
    },
    600_000,
  );

  it.each([
    ['no lift', 2, {}],
    ['no lift, autocorrelation 0.3', 3, { correlation: 0.3 }],
  ] as const)(
    '%s is not chargeable',
    (name, block, world) => {
      expect(count(name, world, block).chargeable).toBeLessThanOrEqual(bound(30, RUNS, 1));
    },
    600_000,
  );

  const few = FULL ? 400 : 40;
  it.each([
    ['growth of 20% a year alone', 4, { growth: 0.2 }],
    ['a season of 15% alone', 5, { season: 0.15, phase: 20 }],
    ['one day of 800 more contacts alone', 6, { outlier: 800 }],
  ] as const)(
    '%s is not chargeable',
    (name, block, world) => {
      expect(count(name, world, block, few).chargeable).toBeLessThanOrEqual(bound(30, few, 1));
    },
    600_000,
  );
});
