import { takesReason, type Attributable, type Cause } from '../attribution/causes.ts';
import type { Register } from '../attribution/register.ts';
import type { Model, Rule } from '../model/model.ts';
import { DIMENSIONS, type Dimensions, type Selector } from '../model/selector.ts';
import type { CellFacts } from './cell-facts.ts';

/**
 * The same contacts in as few cells as the model can tell apart: dimensions that no rule, pool, time equation or
 * population looks at are left out, and causes that no exposure rule can take for the cell's reason. Every figure of a
 * close is a sum over cells, so it is the same; a month of ten million contacts is some thousand cells instead of some
 * hundred thousand. What shows single dimensions (why-chains, the workbook's detail) goes by the fine cells.
 */
export function coarseCells(cells: readonly CellFacts[], model: Model, register: Register): CellFacts[] {
  const seen = seenDimensions(model, register);
  const exposureRules = new Map(model.rules.filter((rule) => rule.exposure).map((rule) => [rule.name, rule]));
  const sums = new Map<string, { cell: CellFacts; parts: bigint; seconds: bigint; untimedParts: bigint }>();
  for (const cell of cells) {
    const causes = cell.causes.length === 0 ? cell.causes : takenCauses(cell, exposureRules, register);
    const key = keyOf(cell, causes, seen);
    const sum = sums.get(key);
    if (sum) {
      sum.parts += cell.parts;
      sum.seconds += cell.seconds;
      sum.untimedParts += cell.untimedParts;
    } else {
      const coarse = { ...cell, trace: '', causes, dimensions: seenOf(cell.dimensions, seen) };
      sums.set(key, { cell: coarse, parts: cell.parts, seconds: cell.seconds, untimedParts: cell.untimedParts });
    }
  }
  return [...sums.values()].map(({ cell, ...quantities }) => ({ ...cell, ...quantities }));
}

type Dimension = keyof Dimensions;

/** Lines and coverage name the reason and the channel; everything else counts only where a selector states it. */
function seenDimensions(model: Model, register: Register): ReadonlySet<Dimension> {
  const selectors: (Selector | undefined)[] = [
    ...model.rules.map((rule) => rule.match),
    ...model.pools.map((pool) => pool.serves),
    ...model.time_equations.flatMap((equation) => equation.add.map((term) => term.when)),
    ...[...register.decisions.values()].map((decision) => decision.selector),
  ];
  const states = (dimension: Dimension): boolean =>
    selectors.some((selector) => selector?.[dimension] !== undefined || selector?.except?.[dimension] !== undefined);
  return new Set(['reason', 'channel', ...DIMENSIONS.filter(states)]);
}

function seenOf(dimensions: Dimensions, seen: ReadonlySet<Dimension>): Dimensions {
  const left = { ...dimensions } as Record<Dimension, string | null>;
  for (const dimension of DIMENSIONS) if (!seen.has(dimension)) left[dimension] = null;
  return left as unknown as Dimensions;
}

function takenCauses(contact: Attributable, rules: ReadonlyMap<string, Rule>, register: Register): readonly Cause[] {
  return contact.causes.filter((cause) => {
    const rule = rules.get(cause.rule);
    const decision = register.decisions.get(cause.decision);
    return rule && decision && takesReason(rule, contact) && register.concerns(decision, contact.dimensions.reason);
  });
}

function keyOf(cell: CellFacts, causes: readonly Cause[], seen: ReadonlySet<Dimension>): string {
  const { dimensions, tag, day, known, taggedOn, textHits, escalated, transferred, repeat } = cell;
  const flags = (known ? 1 : 0) | (escalated ? 2 : 0) | (transferred ? 4 : 0) | (repeat ? 8 : 0);
  let key = `${flags} ${day} ${taggedOn ?? ''} ${tag ?? ''}`;
  for (const dimension of seen) key += `\u0000${dimensions[dimension] ?? '\u0001'}`;
  for (const pattern of textHits) key += `\u0000\u0002${pattern}`;
  for (const { rule, decision, hitOn, ageDays } of causes)
    key += `\u0000\u0003${rule}\u0000${decision}\u0000${hitOn} ${ageDays}`;
  return key;
}
