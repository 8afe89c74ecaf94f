import { takesReason, type Cause } from '../attribution/causes.ts';
import type { Register } from '../attribution/register.ts';
import type { Rule } from '../model/model.ts';
import { DIMENSIONS, matchesPattern, type Dimensions, type Pattern, type Selector } from '../model/selector.ts';
import {
  kindOf,
  Numbering,
  textAt,
  TRANSFERRED,
  variantKey,
  type CellColumns,
  type CellVariant,
  type KindColumns,
  type TextColumn,
} from './cell-columns.ts';
import type { CellFacts } from './cell-facts.ts';
import type { DecidingModel } from './deciding-inputs.ts';
import { WordSums } from './word-sums.ts';

/**
 * The same contacts in as few cells as the model can tell apart: values of a dimension that no rule, pool, time equation
 * or population tells from each other, causes that no exposure rule can take for the cell's reason, and of contacts that
 * service keeps all that only rules ask for. Every figure of a close is a sum over cells, so it is the same; a month of
 * ten million contacts is some thousand cells instead of some hundred thousand. What shows single dimensions
 * (why-chains, the workbook's detail) goes by the fine cells.
 */
export function coarseCells(columns: CellColumns, model: DecidingModel, register: Register): CellFacts[] {
  const { kind, variant, kinds } = columns;
  const seen = new SeenDimensions(kinds, model, register);
  const keeps = model.charging.basis === 'standard';
  const kept = (row: number): boolean =>
    keeps && (columns.variants[variant[row]!]!.repeat || (kinds.flags[kind[row]!]! & TRANSFERRED) !== 0);
  const variants = new CoarseVariants(columns, model, register);
  const seenVariant = new Int32Array(kind.length);
  for (let row = 0; row < kind.length; row++) seenVariant[row] = variants.of(variant[row]!, kind[row]!, kept(row));
  const [taken, left] = [seen.kinds([kinds.tag]), seen.kinds([])];
  const cells = new Numbering<number>();
  const first: number[] = [];
  const place = new Int32Array(kind.length);
  for (let row = 0; row < kind.length; row++) {
    const seenKind = (kept(row) ? left : taken)[kind[row]!]!; // a variant is one of contacts kept, or of others
    const number = cells.of(seenKind * variants.count + seenVariant[row]!);
    if (number === first.length) first.push(row);
    place[row] = number;
  }
  const sums = [columns.parts, columns.seconds, columns.untimedParts].map(
    (words) => new WordSums(cells.count, words, place),
  ) as [WordSums, WordSums, WordSums];
  const names = new Set(seen.names);
  const hits = columns.variants.map(({ textHits }) => new Set(textHits));
  // Written out: objects put together from parts are read several times slower.
  return first.map((row, number): CellFacts => {
    const own = columns.variants[variant[row]!]!;
    const { dimensions, tag } = kindOf(kinds, kind[row]!, own.reason, names);
    return {
      trace: '',
      dimensions,
      tag: kept(row) ? null : tag,
      day: own.day,
      textHits: hits[variant[row]!]!,
      causes: variants.causesOf(seenVariant[row]!),
      known: own.known,
      taggedOn: own.taggedOn,
      escalated: false,
      transferred: kept(row) && !own.repeat,
      repeat: keeps && own.repeat,
      parts: sums[0].total(number),
      seconds: sums[1].total(number),
      untimedParts: sums[2].total(number),
    };
  });
}

/** Lines and coverage name the reason and the channel; of everything else only what the patterns of selectors tell apart. */
class SeenDimensions {
  private readonly patterns: ReadonlyMap<keyof Dimensions, readonly Pattern[]>;

  constructor(
    private readonly columns: KindColumns,
    model: DecidingModel,
    register: Register,
  ) {
    const selectors: (Selector | undefined)[] = [
      ...model.rules.map((rule) => rule.match),
      ...model.pools.map((pool) => pool.serves),
      ...model.time_equations.flatMap((equation) => equation.add.map((term) => term.when)),
      ...[...register.decisions.values()].map((decision) => decision.selector),
    ];
    this.patterns = new Map(
      DIMENSIONS.map((dimension) => [
        dimension,
        selectors.flatMap((selector) => [...(selector?.[dimension] ?? []), ...(selector?.except?.[dimension] ?? [])]),
      ]),
    );
  }

  /** Those that count. */
  get names(): readonly (keyof Dimensions)[] {
    return DIMENSIONS.filter((name) => isNamed(name) || this.patterns.get(name)!.length > 0);
  }

  /** Number of what is seen of each kind. @param others of its columns that count by their texts */
  kinds(others: readonly TextColumn[]): Int32Array {
    let of = new Int32Array(this.columns.flags.length);
    const { dimensions } = this.columns;
    for (const column of [...others, ...this.names.map((name) => this.seenOf(name, dimensions[name]))]) {
      const numbers = new Numbering<number>();
      of = of.map((number, kind) => numbers.of(number * column.texts.length + column.of[kind]!));
    }
    return of;
  }

  /** A column whose texts that match the same patterns are one. */
  private seenOf(name: keyof Dimensions, { texts, of }: TextColumn): TextColumn {
    if (isNamed(name)) return { texts, of };
    const patterns = this.patterns.get(name)!;
    const signatures = new Numbering<string>();
    const seen = texts.map((text) =>
      signatures.of(patterns.map((pattern) => (matchesPattern(pattern, text) ? 1 : 0)).join('')),
    );
    return { texts: signatures.values(), of: of.map((text) => seen[text]!) };
  }
}

const isNamed = (name: keyof Dimensions): boolean => name === 'reason' || name === 'channel';

/** Variants with those of their causes only that an exposure rule can take for the reason of a cell. */
class CoarseVariants {
  private readonly names = new Numbering<string>();
  private readonly causes: (readonly Cause[])[] = [];
  /** by variant, where it has causes by the reason of the kind, too: the number + 1 */
  private readonly kept: Int32Array;
  private readonly withoutCauses: Int32Array;
  private readonly withCauses: (Int32Array | undefined)[] = [];
  private readonly reasons: TextColumn;
  private readonly exposureRules: ReadonlyMap<string, Rule>;

  constructor(
    private readonly columns: CellColumns,
    model: DecidingModel,
    private readonly register: Register,
  ) {
    this.kept = new Int32Array(columns.variants.length);
    this.withoutCauses = new Int32Array(columns.variants.length);
    this.reasons = columns.kinds.dimensions.reason;
    this.exposureRules = new Map(model.rules.filter((rule) => rule.exposure).map((rule) => [rule.name, rule]));
  }

  /** @param kept by service: no rule asks for its customer, its decision or its causes */
  of(variant: number, kind: number, kept: boolean): number {
    const own = this.columns.variants[variant]!;
    const plain = kept || own.causes.length === 0;
    const known = kept
      ? this.kept
      : plain
        ? this.withoutCauses
        : (this.withCauses[variant] ??= new Int32Array(this.reasons.texts.length));
    const place = plain ? variant : this.reasons.of[kind]!;
    if (known[place] === 0) known[place] = (kept ? this.findKept(own) : this.find(own, kind)) + 1;
    return known[place]! - 1;
  }

  get count(): number {
    return this.names.count;
  }

  causesOf(number: number): readonly Cause[] {
    return this.causes[number]!;
  }

  private findKept(own: CellVariant): number {
    return this.number(`kept ${variantKey({ ...own, known: false, taggedOn: null }, [])}`, []);
  }

  private find(own: CellVariant, kind: number): number {
    const causes = this.taken(own.causes, own.reason ?? textAt(this.reasons, kind)!);
    return this.number(variantKey({ ...own, repeat: false }, causes), causes);
  }

  private number(name: string, causes: readonly Cause[]): number {
    const number = this.names.of(name);
    this.causes[number] ??= causes;
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
