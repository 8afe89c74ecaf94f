import { Refusal } from '../domain/errors.ts';
import { Life } from './life.ts';
import type { World } from './world.ts';
import { KIND, revenueOf } from './revenue-events.ts';

const TRIAL = 4000;

/**
 * Sets the world's scales so that about the asked numbers of exposures and revenue events come out. Counts what a trial
 * of customers does at scale 1; contacts, exposures and events then follow from the number of customers that make the
 * asked contacts.
 * @throws Refusal bad_option when late bills or contacts cannot be so many
 */
export function fitToTargets(
  world: World,
  targets: {
    readonly contacts: number;
    readonly exposures: number | undefined;
    readonly revenueEvents: number | undefined;
  },
): void {
  if (targets.exposures === undefined && targets.revenueEvents === undefined) return;
  const contacts = targets.contacts * (1 - world.behaviour.base.anonymous);
  if (targets.exposures !== undefined) {
    const { background, caused, hits } = trial(world);
    // exposures = customers × hits × scale, customers = contacts ÷ (background + caused × scale)
    const scale = (targets.exposures * background) / (contacts * hits - targets.exposures * caused);
    const most = Math.max(...world.behaviour.segments.map((segment) => segment.late)) * world.behaviour.fee.late;
    if (!(scale >= 0 && scale * most <= 0.9)) {
      const room = Math.floor((contacts * hits * 0.9) / most / (background + (caused * 0.9) / most));
      throw new Refusal(
        'bad_option',
        `--exposures is ${targets.exposures}; with these contacts and months at most about ${room} are possible`,
      );
    }
    world.hitScale = scale;
  }
  if (targets.revenueEvents === undefined) return;
  for (const months of [world.renewalMonths, 6, 12]) {
    world.renewalMonths = months;
    world.purchaseScale = 1;
    const { background, caused, fixed, purchases } = trial(world);
    const customers = contacts / (background + caused);
    world.purchaseScale = (targets.revenueEvents / customers - fixed) / purchases;
    if (world.purchaseScale >= 0.3) return;
  }
  world.purchaseScale = Math.max(0.05, world.purchaseScale);
}

/** Per customer: contacts of the background and of the fee, hits, revenue events that do and do not follow purchases. */
function trial(world: World) {
  const life = new Life(world);
  const sums = { background: 0, caused: 0, hits: 0, fixed: 0, purchases: 0 };
  for (let number = 0; number < TRIAL; number++) {
    life.live(number);
    const caused = life.contacts.filter((contact) => contact.cause === world.arrivals.fee).length;
    sums.caused += caused / TRIAL;
    sums.background += (life.contacts.length - caused) / TRIAL;
    sums.hits += life.hits.length / TRIAL;
    revenueOf(life, world, (_day, _second, kind, _amount, margin, decision) => {
      const bought =
        (kind === KIND.purchase || kind === KIND.refund) &&
        decision < 0 &&
        margin !== life.marginCents * world.renewalMonths;
      sums[bought ? 'purchases' : 'fixed'] += 1 / TRIAL;
    });
  }
  return sums;
}
