import { takesReason, type Cause } from '../attribution/causes.ts';
import type { Register } from '../attribution/register.ts';
import type { Rule } from '../model/model.ts';
import { DIMENSIONS, type Dimensions, type Selector } from '../model/selector.ts';
import { kindOf, Numbering, textAt, variantKey, type CellColumns, type KindColumns } from './cell-columns.ts';
import type { CellFacts } from './cell-facts.ts';
import type { DecidingModel } from './deciding-inputs.ts';
import { WordSums } from './word-sums.ts';

/**
 * The same contacts in as few cells as the model can tell apart: dimensions that no rule, pool, time equation or
 * population looks at are left out, and causes that no exposure rule can take for the cell's reason. Every figure of a
 * close is a sum over cells, so it is the same; a month of ten million contacts is some thousand cells instead of some
 * hundred thousand. What shows single dimensions (why-chains, the workbook's detail) goes by the fine cells.
 */
export function coarseCells(columns: CellColumns, model: DecidingModel, register: Register): CellFacts[] {
  const seen = seenDimensions(model, register);
  const kinds = coarseKinds(columns.kinds, seen);
  const variants = new CoarseVariants(columns, model, register);
  const cells = new Numbering<number>();
  const of = Int32Array.from(columns.kind, (kind, i) =>
    // two numbers in one: fewer than 2^31 kinds, and variants of them fewer than 2^22
    cells.of(kinds.of[kind]! * 2 ** 22 + variants.of(columns.variant[i]!, kind)),
  );
  const [parts, seconds, untimedParts] = [columns.parts, columns.seconds, columns.untimedParts].map((words) => {
    const sums = new WordSums(cells.count);
    sums.add(words, of);
    return sums;
  }) as [WordSums, WordSums, WordSums];
  return cells.values().map((cell, place): CellFacts => {
    const { variant, causes } = variants.at(cell % 2 ** 22);
    const { reason, textHits, ...own } = columns.variants[variant]!;
    return {
      ...own,
      ...kindOf(columns.kinds, kinds.first[Math.floor(cell / 2 ** 22)]!, reason, seen),
      trace: '',
      causes,
      textHits: new Set(textHits),
      parts: parts.total(place),
      seconds: seconds.total(place),
      untimedParts: untimedParts.total(place),
    };
  });
}

/** Lines and coverage name the reason and the channel; everything else counts only where a selector states it. */
function seenDimensions(model: DecidingModel, register: Register): readonly (keyof Dimensions)[] {
  const selectors: (Selector | undefined)[] = [
    ...model.rules.map((rule) => rule.match),
    ...model.pools.map((pool) => pool.serves),
    ...model.time_equations.flatMap((equation) => equation.add.map((term) => term.when)),
    ...[...register.decisions.values()].map((decision) => decision.selector),
  ];
  return DIMENSIONS.filter(
    (dimension) =>
      dimension === 'reason' ||
      dimension === 'channel' ||
      selectors.some((selector) => selector?.[dimension] !== undefined || selector?.except?.[dimension] !== undefined),
  );
}

/** Kinds that only differ where nobody looks, as one: the number of each kind, and the first kind of each number. */
function coarseKinds(
  { dimensions, tag, flags }: KindColumns,
  seen: readonly (keyof Dimensions)[],
): { readonly of: Int32Array; readonly first: readonly number[] } {
  let of = Int32Array.from(flags);
  for (const column of [tag, ...seen.map((dimension) => dimensions[dimension])]) {
    const numbers = new Numbering<number>();
    of = of.map((number, kind) => numbers.of(number * column.texts.length + column.of[kind]!));
  }
  const first: number[] = [];
  of.forEach((number, kind) => (first[number] ??= kind));
  return { of, first };
}

/** Variants with those of their causes only that an exposure rule can take for the reason of a cell. */
class CoarseVariants {
  private readonly names = new Numbering<string>();
  private readonly found: { readonly variant: number; readonly causes: readonly Cause[] }[] = [];
  /** by variant, where it has causes by the reason of the kind, too: the number + 1 */
  private readonly withoutCauses: Int32Array;
  private readonly withCauses: (Int32Array | undefined)[] = [];
  private readonly reasons: KindColumns['dimensions']['reason'];
  private readonly exposureRules: ReadonlyMap<string, Rule>;

  constructor(
    private readonly columns: CellColumns,
    model: DecidingModel,
    private readonly register: Register,
  ) {
    this.withoutCauses = new Int32Array(columns.variants.length);
    this.reasons = columns.kinds.dimensions.reason;
    this.exposureRules = new Map(model.rules.filter((rule) => rule.exposure).map((rule) => [rule.name, rule]));
  }

  of(variant: number, kind: number): number {
    const plain = this.columns.variants[variant]!.causes.length === 0;
    const known = plain ? this.withoutCauses : (this.withCauses[variant] ??= new Int32Array(this.reasons.texts.length));
    const place = plain ? variant : this.reasons.of[kind]!;
    if (known[place] === 0) known[place] = this.find(variant, textAt(this.reasons, kind)!) + 1;
    return known[place]! - 1;
  }

  at(number: number) {
    return this.found[number]!;
  }

  private find(variant: number, reasonOfKind: string): number {
    const own = this.columns.variants[variant]!;
    const causes = this.taken(own.causes, own.reason ?? reasonOfKind);
    const number = this.names.of(variantKey(own, causes));
    this.found[number] ??= { variant, causes };
    return number;
  }

  private taken(causes: readonly Cause[], reason: string): readonly Cause[] {
    const contact = { dimensions: { reason } };
    return causes.filter((cause) => {
      const rule = this.exposureRules.get(cause.rule);
      const decision = this.register.decisions.get(cause.decision);
      return rule && decision && takesReason(rule, contact) && this.register.concerns(decision, reason);
    });
  }
}
