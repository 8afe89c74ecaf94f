import type { Register } from '../attribution/register.ts';
import type { DatedEvent } from '../causality/incremental.ts';
import { NEAR_DAYS } from '../causality/incremental.ts';
import { groupSelector, matchesPattern, selects, type Dimensions, type Pattern } from '../model/selector.ts';
import { daysBetween, type LocalDate } from '../period.ts';

/** Contacts of one cell of the roll-up, for choosing which series a decision is held against. */
export interface SeriesCell {
  readonly cell: number;
  readonly dimensions: Dimensions;
  readonly contacts: number;
}

/** What an incremental rule says; a decision without a rule takes what is there. */
export interface SeriesRule {
  readonly reasons?: readonly Pattern[] | undefined;
  /** reasons, prefixes, or groups like `queue=returns` */
  readonly controls?: readonly Pattern[] | undefined;
}

/** The cells of a decision's series, of the control series, and what else happened to these contacts. */
export interface SeriesPlan {
  readonly own: readonly number[];
  readonly controls: readonly { readonly name: string; readonly cells: readonly number[] }[];
  /** the decision first, then those near it that concern the same contacts: estimated together */
  readonly decisions: readonly DatedEvent[];
  readonly otherEvents: readonly DatedEvent[];
}

export const MOST_CANDIDATES = 50;
const FEWEST_DAYS_AFTER = 3;

/**
 * Splits the cells of the books for one decision (method 6): its reasons in its population; controls are contacts that
 * neither it nor a decision that begins or ends after it concerns (the rule's, else each of the largest reasons).
 * @param until last day that is looked at: decisions that begin later are unknown
 */
export function seriesPlan(
  code: string,
  rule: SeriesRule,
  cells: readonly SeriesCell[],
  register: Register,
  until: LocalDate,
): SeriesPlan {
  const decision = register.decisions.get(code)!;
  const start = decision.attachesFrom;
  const touches = (other: string, { dimensions }: SeriesCell): boolean => {
    const record = register.decisions.get(other)!;
    return (
      register.concerns(record, dimensions.reason) &&
      (record.selector === undefined || selects(record.selector, { dimensions, day: start, textHits: NO_HITS }))
    );
  };
  const limited = (cell: SeriesCell): boolean =>
    (rule.reasons ?? []).length === 0 ||
    rule.reasons!.some((pattern) => matchesPattern(pattern, cell.dimensions.reason));
  const own = cells.filter((cell) => touches(code, cell) && limited(cell));
  const others = [...register.decisions.values()].filter(
    (other) => other.decision !== code && other.attachesFrom <= until,
  );
  const together = others.filter((other) => own.some((cell) => touches(other.decision, cell)));
  const isNear = (from: LocalDate): boolean =>
    Math.abs(daysBetween(start, from)) < NEAR_DAYS && daysBetween(from, until) >= FEWEST_DAYS_AFTER;
  const event = (of: (typeof others)[number]): DatedEvent => ({
    code: of.decision,
    effectiveFrom: of.effectiveFrom,
    announcedOn: of.announcedAt ?? undefined,
    effectiveTo: of.effectiveTo ?? undefined,
  });
  const disturbing = others.filter(
    (other) => other.attachesFrom >= start || (other.effectiveTo !== null && other.effectiveTo >= start),
  );
  const free = cells.filter(
    (cell) => !touches(code, cell) && !disturbing.some((other) => touches(other.decision, cell)),
  );
  return {
    own: own.map(({ cell }) => cell),
    controls: controlsOf(rule, free),
    decisions: [decision, ...together.filter((other) => isNear(other.attachesFrom))].map(event),
    otherEvents: together.filter((other) => !isNear(other.attachesFrom)).map(event),
  };
}

const NO_HITS: ReadonlySet<string> = new Set();

function isIn(control: Pattern, { dimensions }: SeriesCell): boolean {
  const group = groupSelector(control);
  return group
    ? selects(group, { dimensions, day: '', textHits: NO_HITS })
    : matchesPattern(control, dimensions.reason);
}

function controlsOf(rule: SeriesRule, free: readonly SeriesCell[]): SeriesPlan['controls'] {
  const groups = new Map<string, { cells: number[]; contacts: number }>();
  const add = (name: string, { cell, contacts }: SeriesCell): void => {
    const group = groups.get(name) ?? { cells: [], contacts: 0 };
    group.cells.push(cell);
    group.contacts += contacts;
    groups.set(name, group);
  };
  for (const cell of free) {
    const { reason } = cell.dimensions;
    if (!rule.controls) add(reason, cell);
    for (const pattern of rule.controls ?? []) if (isIn(pattern, cell)) add(pattern, cell);
  }
  return [...groups]
    .sort(([a, one], [b, other]) => other.contacts - one.contacts || (a < b ? -1 : 1))
    .slice(0, MOST_CANDIDATES)
    .map(([name, { cells }]) => ({ name, cells }));
}
