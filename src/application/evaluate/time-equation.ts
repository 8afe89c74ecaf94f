import { Refusal } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import { entriesOf, exact, exactMap, isObject, needed } from './exact.ts';

/** An activity of a spec: how often it was done and how long that took. */
export interface Activity {
  readonly name: string;
  readonly count: Fraction;
  /** time of all of it */
  readonly time: Fraction;
  /** time of one; undefined for a time equation, whose transactions differ */
  readonly unitTime: Fraction | undefined;
}

/**
 * Activities with unit times or time equations t = base + Σ time per driver × driver (Kaplan & Anderson 2004).
 * @throws Refusal bad_spec for a quantity of an activity or driver that has no time
 */
export function activitiesOf(times: unknown, quantities: unknown, key: string): Activity[] {
  const qty = new Map(quantities === undefined ? [] : entriesOf(quantities, 'qty'));
  const activities = entriesOf(times, key).map(([name, time]): Activity => {
    if (name === 'used' || name === 'unused') throw new Refusal('bad_spec', `an activity cannot be called "${name}"`);
    const quantity = qty.get(name) ?? 0;
    qty.delete(name);
    if (!isObject(time)) {
      const unitTime = exact(time, `${key}.${name}`);
      const count = exact(quantity, `qty.${name}`);
      return { name, count, unitTime, time: unitTime.times(count) };
    }
    const totals = isObject(quantity)
      ? exactMap(quantity, `qty.${name}`)
      : new Map([['count', exact(quantity, `qty.${name}`)]]);
    const count = totals.get('count') ?? Fraction.ZERO;
    totals.delete('count');
    return { name, count, unitTime: undefined, time: equationTime(time, count, totals, name, key) };
  });
  const [stranger] = qty.keys();
  if (stranger !== undefined) throw new Refusal('bad_spec', `"qty.${stranger}" has no time in "${key}"`);
  return activities;
}

/** Time of single transactions by the time equation of their activity. */
export function transactionTimes(
  transactions: unknown,
  times: unknown,
  key: string,
): { name: string; time: Fraction }[] {
  if (transactions === undefined) return [];
  const byActivity = new Map(entriesOf(times, key));
  return entriesOf(transactions, 'transactions').map(([name, transaction]) => {
    if (!isObject(transaction)) throw new Refusal('bad_spec', `"transactions.${name}" must be an object`);
    const { activity, ...drivers } = transaction;
    const time = byActivity.get(String(activity ?? needed(transaction, 'activity')));
    if (time === undefined) throw new Refusal('bad_spec', `"transactions.${name}.activity" has no time in "${key}"`);
    const values = exactMap(drivers, `transactions.${name}`);
    if (!isObject(time)) return { name, time: exact(time, key) };
    return { name, time: equationTime(time, Fraction.ONE, values, String(activity), key) };
  });
}

function equationTime(
  equation: Readonly<Record<string, unknown>>,
  count: Fraction,
  drivers: ReadonlyMap<string, Fraction>,
  activity: string,
  key: string,
): Fraction {
  const times = exactMap(equation, `${key}.${activity}`);
  let time = (times.get('base') ?? Fraction.ZERO).times(count);
  for (const [driver, value] of drivers) {
    const perUnit = driver === 'base' ? undefined : times.get(driver);
    if (!perUnit) throw new Refusal('bad_spec', `driver "${driver}" is not in the time equation "${key}.${activity}"`);
    time = time.plus(perUnit.times(value));
  }
  return time;
}
