/** Contacts sorted by customer, topic, instant; a negative customer is unknown and neither repeats nor is repeated. */
export interface ContactChain {
  readonly customer: ArrayLike<number>;
  /** reason or case: what must be the same for a repeat */
  readonly topic: ArrayLike<number>;
  /** seconds on any clock */
  readonly startedAt: ArrayLike<number>;
}

export const DAY_SECONDS = 86_400;
export const REPEAT_WINDOW_DAYS = 7;

/** True when `later`, the next contact in order, repeats `earlier`: same customer and topic, 0 < gap ≤ window. */
export function repeats(chain: ContactChain, earlier: number, later: number, windowDays: number): boolean {
  if (earlier < 0 || later >= chain.startedAt.length) return false;
  const gap = chain.startedAt[later]! - chain.startedAt[earlier]!;
  return (
    chain.customer[earlier]! >= 0 &&
    chain.customer[earlier] === chain.customer[later] &&
    chain.topic[earlier] === chain.topic[later] &&
    gap > 0 &&
    gap <= windowDays * DAY_SECONDS
  );
}

/**
 * Whether each contact resolved: 1 without a repeat in the window, 0 with one, −1 where the window had not ended at the
 * cut-off or the customer is unknown. Contacts of one instant and topic are one matter: they repeat each other not, and
 * a later one repeats them all.
 */
export function resolvedFlags(chain: ContactChain, cutOff: number, windowDays = REPEAT_WINDOW_DAYS): Int8Array {
  const n = chain.startedAt.length;
  const flags = new Int8Array(n);
  let next = n;
  for (let i = n - 1; i >= 0; i--) {
    const twin =
      i + 1 < n &&
      chain.customer[i] === chain.customer[i + 1] &&
      chain.topic[i] === chain.topic[i + 1] &&
      chain.startedAt[i] === chain.startedAt[i + 1];
    if (!twin) next = i + 1;
    const known = chain.customer[i]! >= 0 && chain.startedAt[i]! + windowDays * DAY_SECONDS <= cutOff;
    flags[i] = !known ? -1 : repeats(chain, i, next, windowDays) ? 0 : 1;
  }
  return flags;
}

/**
 * The same of contacts sorted by customer, then instant, whatever the order of their topics. @param topics the topics are
 * whole numbers below it
 */
export function resolvedOfTopics(
  { customer, topic, startedAt }: ContactChain,
  topics: number,
  cutOff: number,
  windowDays = REPEAT_WINDOW_DAYS,
): Int8Array {
  const window = windowDays * DAY_SECONDS;
  const flags = new Int8Array(startedAt.length);
  // by topic, of the customer who has it last: the instant that is looked at, and the next later one
  const of = new Int32Array(topics).fill(-1);
  const [own, later] = [new Float64Array(topics), new Float64Array(topics)];
  for (let i = flags.length - 1; i >= 0; i--) {
    const who = customer[i]!;
    const about = topic[i]!;
    const at = startedAt[i]!;
    if (who < 0) {
      flags[i] = -1;
      continue;
    }
    if (of[about] !== who) {
      of[about] = who;
      own[about] = at;
      later[about] = Infinity;
    } else if (at < own[about]!) {
      later[about] = own[about]!;
      own[about] = at;
    }
    flags[i] = at + window > cutOff ? -1 : later[about]! - at <= window ? 0 : 1;
  }
  return flags;
}

/** 1 for each contact that repeats an earlier one within the window. */
export function repeatFlags(chain: ContactChain, windowDays = REPEAT_WINDOW_DAYS): Uint8Array {
  let before = -1;
  return Uint8Array.from(chain.startedAt, (_, i) => {
    if (i > 0 && chain.startedAt[i] !== chain.startedAt[i - 1]) before = i - 1;
    return repeats(chain, before, i, windowDays) ? 1 : 0;
  });
}
