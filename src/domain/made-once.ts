/** What stands under a key, made when it is first asked for. */
export function madeOnce<K, T>(of: Map<K, T>, key: K, make: () => T): T {
  let found = of.get(key);
  if (found === undefined) of.set(key, (found = make()));
  return found;
}
