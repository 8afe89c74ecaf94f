import { Refusal } from '../errors.ts';
import type { ProportionInterval } from './proportion.ts';
import { wilson } from './proportion.ts';

/** Contacts in the order customer, topic, instant; equal customer and topic make a chain. */
export interface ContactChain {
  /** customer of each contact; a negative one has no customer and can neither repeat nor be repeated */
  readonly customer: ArrayLike<number>;
  /** reason or case: what must be the same for a repeat */
  readonly topic: ArrayLike<number>;
  /** seconds on any clock */
  readonly startedAt: ArrayLike<number>;
}

export interface Resolution {
  /** the window of the definition, in days: it is part of the figure */
  readonly windowDays: number;
  /** contacts with a customer */
  readonly contacts: number;
  /** of these, contacts whose window had ended at the cut-off: only they are judged */
  readonly observed: number;
  readonly observedShare: number;
  /** judged contacts without a repeat in the window: resolved */
  readonly resolved: ProportionInterval;
  /** judged first contacts of their chain without a repeat, of all judged first contacts: first-contact resolution */
  readonly firstContact: ProportionInterval;
  /** judged contacts that are themselves a repeat, of all judged */
  readonly repeats: ProportionInterval;
}

const DAY = 86_400;

/**
 * First-contact resolution and repeat rate by behaviour: a contact is resolved when the customer does not come back
 * with the same topic within the window (0 < later − earlier ≤ window). The agent's own flag is not asked.
 * @param cutOff instant up to which contacts are known
 * @throws Refusal not_observed when no window has ended
 */
export function resolution(chain: ContactChain, windowDays: number, cutOff: number, level: number): Resolution {
  const window = windowDays * DAY;
  const n = chain.startedAt.length;
  let contacts = 0;
  let observed = 0;
  let resolved = 0;
  let firsts = 0;
  let firstsResolved = 0;
  let repeats = 0;
  for (let i = 0; i < n; i++) {
    if (chain.customer[i]! < 0) continue;
    contacts++;
    if (chain.startedAt[i]! + window > cutOff) continue;
    observed++;
    const isRepeat = i > 0 && follows(chain, i - 1, i, window);
    const isRepeated = i + 1 < n && follows(chain, i, i + 1, window);
    if (isRepeat) repeats++;
    else {
      firsts++;
      if (!isRepeated) firstsResolved++;
    }
    if (!isRepeated) resolved++;
  }
  if (observed === 0 || firsts === 0) {
    throw new Refusal('not_observed', `no contact's window of ${windowDays} days had ended at the cut-off`);
  }
  return {
    windowDays,
    contacts,
    observed,
    observedShare: observed / contacts,
    resolved: wilson({ successes: resolved, trials: observed }, level),
    firstContact: wilson({ successes: firstsResolved, trials: firsts }, level),
    repeats: wilson({ successes: repeats, trials: observed }, level),
  };
}

function follows(chain: ContactChain, earlier: number, later: number, window: number): boolean {
  const gap = chain.startedAt[later]! - chain.startedAt[earlier]!;
  return (
    chain.customer[earlier] === chain.customer[later] &&
    chain.topic[earlier] === chain.topic[later] &&
    gap > 0 &&
    gap <= window
  );
}
