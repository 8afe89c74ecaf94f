import { Refusal } from '../domain/errors.ts';
import { Life } from './life.ts';
import type { World } from './world.ts';
import { KIND, revenueOf } from './revenue-events.ts';

const TRIAL = 8000;

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
  if (targets.exposures !== undefined) fitHits(world, contacts, targets.exposures);
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

function fitHits(world: World, contacts: number, exposures: number): void {
  const { segments, fee } = world.behaviour;
  const most = 0.9 / (Math.max(...segments.map((segment) => segment.late)) * fee.late);
  for (let round = 0; round < 3; round++) {
    // per customer: exposures = hits × factor, contacts = background + caused × factor; who is hit more stays shorter,
    // so the factor is found in rounds
    const { background, caused, hits } = trial(world);
    const factor = (exposures * background) / (contacts * hits - exposures * caused);
    const scale = world.hitScale * factor;
    if (!(scale >= 0 && scale <= most)) {
      throw new Refusal(
        'bad_option',
        `--exposures is ${exposures}; customers who make these contacts in these months are not hit so often`,
      );
    }
    world.hitScale = scale;
    if (scale === 0) return;
  }
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
