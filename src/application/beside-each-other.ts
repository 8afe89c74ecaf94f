import { heardLater } from '../domain/heard-later.ts';

/**
 * Two deeds of one transaction: the second begins when the first says that it leaves the database alone for a while, else
 * after it. Neither goes on when this is over, and what the first finds wrong is told first.
 */
export async function besideEachOther<A, B>(
  first: (free: () => void) => Promise<A>,
  second: () => Promise<B>,
): Promise<[A, B]> {
  let free!: () => void;
  const isFree = new Promise<void>((resolve) => (free = resolve));
  const one = heardLater(first(free));
  await Promise.race([isFree, one]);
  const [own, other] = await Promise.allSettled([one, second()]);
  if (own.status === 'rejected') throw own.reason;
  if (other.status === 'rejected') throw other.reason;
  return [own.value, other.value];
}
