import { Refusal } from '../errors.ts';
import type { ContactChain } from '../retention/repeat.ts';
import { repeatFlags, resolvedFlags } from '../retention/repeat.ts';
import type { ProportionInterval } from './proportion.ts';
import { wilson } from './proportion.ts';

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
  /** the same among judged contacts that repeat none themselves: first-contact resolution */
  readonly firstContact: ProportionInterval;
  /** judged contacts that are themselves a repeat, of all judged */
  readonly repeats: ProportionInterval;
}

/**
 * First-contact resolution and repeat rate by behaviour: a contact is resolved when the customer does not come back
 * with the same topic within the window (0 < later − earlier ≤ window). The agent's own flag is not asked.
 * @param cutOff instant up to which contacts are known
 * @param judges which contacts of the chain the figure is of; the others only tell whether these came back
 * @throws Refusal not_observed when no window has ended
 */
export function resolution(
  chain: ContactChain,
  windowDays: number,
  cutOff: number,
  level: number,
  judges: (contact: number) => boolean = () => true,
): Resolution {
  const resolvedFlag = resolvedFlags(chain, cutOff, windowDays);
  const repeatFlag = repeatFlags(chain, windowDays);
  let contacts = 0;
  let observed = 0;
  let resolved = 0;
  let firsts = 0;
  let firstsResolved = 0;
  resolvedFlag.forEach((flag, i) => {
    if (chain.customer[i]! < 0 || !judges(i)) return;
    contacts++;
    if (flag < 0) return;
    observed++;
    resolved += flag;
    if (repeatFlag[i] === 1) return;
    firsts++;
    firstsResolved += flag;
  });
  if (firsts === 0) {
    throw new Refusal('not_observed', `no contact's window of ${windowDays} days had ended at the cut-off`);
  }
  return {
    windowDays,
    contacts,
    observed,
    observedShare: observed / contacts,
    resolved: wilson({ successes: resolved, trials: observed }, level),
    firstContact: wilson({ successes: firstsResolved, trials: firsts }, level),
    repeats: wilson({ successes: observed - firsts, trials: observed }, level),
  };
}
