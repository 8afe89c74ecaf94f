import type { Cause } from '../attribution/causes.ts';
import { KeyNumbers } from '../key-numbers.ts';
import { Numbering } from '../numbering.ts';
import { DIMENSIONS, matchesPattern, type Dimensions } from '../model/selector.ts';
import {
  kindOf,
  textAt,
  TRANSFERRED,
  variantKey,
  type CellColumns,
  type CellVariant,
  type KindColumns,
  type TextColumn,
} from './cell-columns.ts';
import type { CellFacts } from './cell-facts.ts';
import { mayTake, stretchOf, type Distinctions } from './distinctions.ts';
import { WordSums } from './word-sums.ts';

/** Days that contacts name: of their tag, and of the hits of their customer. */
export type NamedDays = Pick<CellFacts, 'taggedOn' | 'causes'>;

/** Contacts that the rules cannot tell apart. */
export interface CoarseCell extends CellFacts {
  /** their parts by the days they name, which differ in nothing but the days; absent: all name those of the cell */
  readonly byDays?: readonly (readonly [NamedDays, bigint])[];
}

/**
 * The same contacts in as few cells as a model can tell apart: values of a dimension that no rule, pool, time equation
 * or population tells from each other, causes that no exposure rule can take for the cell's reason, hits between which
 * no owner changed, and of contacts that service keeps all that only rules ask for. Every figure of a close is a sum over
 * cells, so it is the same; a month of ten million contacts is some thousand cells instead of some hundred thousand. What
 * shows single dimensions (why-chains, the workbook's detail) goes by the fine cells.
 */
export function coarseCells(columns: CellColumns, by: Distinctions): CoarseCell[] {
  const { kind, variant, kinds } = columns;
  const { reason } = kinds.dimensions;
  const seen = new SeenDimensions(kinds, by);
  // By kept or not, and whether the reason is the variant's: then that of the kind says nothing.
  const seenKinds = [
    [seen.kinds([kinds.tag, reason]), seen.kinds([kinds.tag])],
    [seen.kinds([reason]), seen.kinds([])],
  ] as const;
  const variants = new CoarseVariants(columns, by);
  const repeats = Uint8Array.from(columns.variants, (own) => (own.repeat ? 1 : 0));
  const reasoned = Uint8Array.from(columns.variants, (own) => (own.reason === null ? 0 : 1));
  // Contacts of a pair name the same days; a cell is of one or more pairs.
  const pairs = new KeyNumbers();
  const pairOf = new Int32Array(kind.length);
  const cells = new KeyNumbers();
  const cellOf: number[] = [];
  const variantOf: number[] = [];
  const firstRow: number[] = [];
  for (let row = 0; row < kind.length; row++) {
    const [ownKind, ownVariant] = [kind[row]!, variant[row]!];
    const kept = by.serviceKeeps && (repeats[ownVariant] === 1 || (kinds.flags[ownKind]! & TRANSFERRED) !== 0);
    // A variant is one of contacts kept, or of others, and has a reason or none: numbers of several columns do not meet.
    const seenKind = seenKinds[kept ? 1 : 0][reasoned[ownVariant] as 0 | 1][ownKind]!;
    const seenVariant = variants.of(ownVariant, ownKind, kept);
    const pair = pairs.numberOf(seenKind, seenVariant);
    pairOf[row] = pair;
    if (pair < cellOf.length) continue;
    const cell = cells.numberOf(seenKind, variants.likeOf(seenVariant));
    cellOf.push(cell);
    variantOf.push(seenVariant);
    if (cell === firstRow.length) firstRow.push(row);
  }
  const parts = new WordSums(pairs.count, columns.parts, pairOf);
  const ofCell = (sums: WordSums): WordSums => sums.grouped(cells.count, cellOf);
  const [allParts, seconds, untimedParts] = [
    ofCell(parts),
    ofCell(new WordSums(pairs.count, columns.seconds, pairOf)),
    ofCell(new WordSums(pairs.count, columns.untimedParts, pairOf)),
  ];
  const byDays: [NamedDays, bigint][][] = Array.from(firstRow, () => []);
  cellOf.forEach((cell, pair) => byDays[cell]!.push([variants.daysOf(variantOf[pair]!), parts.total(pair)]));
  const names = new Set(seen.names);
  const hits = columns.variants.map(({ textHits }) => new Set(textHits));
  // Written out: objects put together from parts are read several times slower.
  return firstRow.map((row, cell): CoarseCell => {
    const place = variant[row]!;
    const own = columns.variants[place]!;
    const transferred = (kinds.flags[kind[row]!]! & TRANSFERRED) !== 0;
    const kept = by.serviceKeeps && (own.repeat || transferred);
    const { dimensions, tag } = kindOf(kinds, kind[row]!, own.reason, names);
    const { taggedOn, causes } = byDays[cell]![0]![0];
    return {
      trace: '',
      dimensions,
      tag: kept ? null : tag,
      day: own.day,
      textHits: hits[place]!,
      causes,
      known: own.known,
      taggedOn,
      escalated: false,
      transferred: kept && !own.repeat,
      repeat: by.serviceKeeps && own.repeat,
      parts: allParts.total(cell),
      seconds: seconds.total(cell),
      untimedParts: untimedParts.total(cell),
      ...(byDays[cell]!.length > 1 ? { byDays: byDays[cell]! } : {}),
    };
  });
}

/** Lines and coverage name the reason and the channel; of everything else only what the patterns of selectors tell apart. */
class SeenDimensions {
  private readonly beside: readonly TextColumn[];

  constructor(
    private readonly columns: KindColumns,
    private readonly by: Distinctions,
  ) {
    const names = this.names.filter((name) => name !== 'reason');
    this.beside = names.map((name) => this.seenOf(name, columns.dimensions[name]));
  }

  /** Those that count. */
  get names(): readonly (keyof Dimensions)[] {
    return DIMENSIONS.filter((name) => isNamed(name) || this.by.patterns[name].length > 0);
  }

  /** Number of what is seen of each kind beside its reason. @param others of its columns that count by their texts */
  kinds(others: readonly TextColumn[]): Int32Array {
    let of = new Int32Array(this.columns.flags.length);
    for (const column of [...others, ...this.beside]) {
      const numbers = new KeyNumbers();
      of = of.map((number, kind) => numbers.numberOf(number, column.of[kind]!));
    }
    return of;
  }

  /** A column whose texts that match the same patterns are one. */
  private seenOf(name: keyof Dimensions, { texts, of }: TextColumn): TextColumn {
    if (isNamed(name)) return { texts, of };
    const patterns = this.by.patterns[name];
    const signatures = new Numbering<string>();
    const seen = texts.map((text) =>
      signatures.of(patterns.map((pattern) => (matchesPattern(pattern, text) ? 1 : 0)).join('')),
    );
    return { texts: signatures.values(), of: of.map((text) => seen[text]!) };
  }
}

const isNamed = (name: keyof Dimensions): boolean => name === 'reason' || name === 'channel';

/** Variants with those of their causes only that an exposure rule can take for the reason of a cell, numbered. */
class CoarseVariants {
  private readonly numbers = new Numbering<string>();
  private readonly likes = new Numbering<string>();
  /** by number */
  private readonly like: number[] = [];
  private readonly days: NamedDays[] = [];
  /** by variant, where it has causes by the reason of the kind, too: the number + 1 */
  private readonly kept: Int32Array;
  private readonly withoutCauses: Int32Array;
  private readonly withCauses: (Int32Array | undefined)[] = [];
  private readonly caused: Uint8Array;
  private readonly reasons: TextColumn;

  constructor(
    private readonly columns: CellColumns,
    private readonly by: Distinctions,
  ) {
    this.kept = new Int32Array(columns.variants.length);
    this.withoutCauses = new Int32Array(columns.variants.length);
    this.caused = Uint8Array.from(columns.variants, ({ causes }) => (causes.length > 0 ? 1 : 0));
    this.reasons = columns.kinds.dimensions.reason;
  }

  /** @param kept by service: no rule asks for its customer, its decision or its causes */
  of(variant: number, kind: number, kept: boolean): number {
    const plain = kept || this.caused[variant] === 0;
    const known = kept
      ? this.kept
      : plain
        ? this.withoutCauses
        : (this.withCauses[variant] ??= new Int32Array(this.reasons.texts.length));
    const place = plain ? variant : this.reasons.of[kind]!;
    if (known[place] === 0) known[place] = this.find(variant, kind, kept) + 1;
    return known[place]! - 1;
  }

  /** One number for variants that differ in nothing but the days they name. */
  likeOf(number: number): number {
    return this.like[number]!;
  }

  daysOf(number: number): NamedDays {
    return this.days[number]!;
  }

  private find(variant: number, kind: number, kept: boolean): number {
    const own = this.columns.variants[variant]!;
    return kept
      ? this.number('kept', { ...own, known: false, taggedOn: null }, [])
      : this.number(
          'taken',
          { ...own, repeat: false },
          this.taken(own.causes, own.reason ?? textAt(this.reasons, kind)!),
        );
  }

  private number(by: 'kept' | 'taken', variant: CellVariant, causes: readonly Cause[]): number {
    const number = this.numbers.of(`${by} ${variantKey(variant, causes)}`);
    if (number === this.like.length) {
      const stretches = causes.map((cause) => ({ ...cause, hitOn: `${stretchOf(this.by, cause.hitOn)}` }));
      this.like.push(this.likes.of(`${by} ${variantKey({ ...variant, taggedOn: null }, stretches)}`));
      this.days.push({ taggedOn: variant.taggedOn, causes });
    }
    return number;
  }

  private taken(causes: readonly Cause[], reason: string): readonly Cause[] {
    return causes.filter((cause) => mayTake(this.by, cause, reason));
  }
}
