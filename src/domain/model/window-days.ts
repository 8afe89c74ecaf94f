import { addDays, type LocalDate } from '../period.ts';
import type { Model } from './model.ts';

/** Days on which a date window of the model begins, or the day after it ended, ascending. */
export function windowDays(model: Model): LocalDate[] {
  const windows = [
    ...model.rules.map((rule) => rule.match?.started_at),
    ...model.pools.map((pool) => pool.serves?.started_at),
  ];
  for (const equation of model.time_equations) windows.push(...equation.add.map((term) => term.when.started_at));
  const days = new Set<LocalDate>();
  for (const window of windows) {
    if (window?.from !== undefined) days.add(window.from);
    if (window?.to !== undefined) days.add(addDays(window.to, 1));
  }
  return [...days].sort();
}
