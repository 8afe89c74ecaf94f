/** What stands under a key, made when it is first asked for. */
export function madeOnce<K, T>(of: Map<K, T>, key: K, make: () => T): T {
  let found = of.get(key);
  if (found === undefined) of.set(key, (found = make()));
  return found;
}

/** The same for the keys asked for last: of more than `most`, the one that was not asked for longest is forgotten. */
export function madeWhileAsked<K, T>(of: Map<K, T>, key: K, most: number, make: () => T): T {
  const found = of.get(key) ?? make();
  of.delete(key); // to stand behind all others
  of.set(key, found);
  if (of.size > most) of.delete(of.keys().next().value as K);
  return found;
}
