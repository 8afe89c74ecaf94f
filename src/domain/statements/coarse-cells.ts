import type { Cause } from '../attribution/causes.ts';
import { KeyNumbers } from '../key-numbers.ts';
import { madeOnce } from '../made-once.ts';
import { Numbering } from '../numbering.ts';
import type { Dimensions } from '../model/selector.ts';
import type { LocalDate } from '../period.ts';
import {
  kindOf,
  textAt,
  TRANSFERRED,
  variantKey,
  type CellColumns,
  type CellVariant,
  type TextColumn,
} from './cell-columns.ts';
import type { CellFacts } from './cell-facts.ts';
import { mayTake, stretchOf, type Distinctions } from './distinctions.ts';
import { SeenDimensions } from './seen-dimensions.ts';
import { WordSums } from './word-sums.ts';

/** Parts of contacts by a day that they name, each day once. */
export interface DayParts {
  readonly days: readonly (LocalDate | null)[];
  readonly parts: readonly bigint[];
}

/** Contacts that the rules cannot tell apart; those with a customer and those without are one. */
export interface CoarseCell extends CellFacts {
  /** cells of one number are taken by the same rules in the same shares; absent: asked one by one */
  readonly like?: number;
  /** their parts by the day of the tag, and by that of each cause; absent: all name those of the cell */
  readonly byDays?: { readonly tagged: DayParts; readonly hits: readonly DayParts[] };
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
  const seen = new SeenDimensions(kinds, by.patterns, ['reason', 'channel']);
  const deciding = new SeenDimensions(kinds, by.deciding, ['reason']);
  // By kept or not, and whether the reason is the variant's: then that of the kind says nothing.
  const seenKinds = [
    [seen.kinds([kinds.tag, reason]), seen.kinds([kinds.tag])],
    [seen.kinds([reason]), seen.kinds([])],
  ] as const;
  const decidingKinds = [deciding.kinds([kinds.tag, reason]), deciding.kinds([kinds.tag])] as const;
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
  const likes = new KeyNumbers();
  const likeOf: number[] = [];
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
    if (cell < firstRow.length) continue;
    firstRow.push(row);
    const decidingKind = decidingKinds[reasoned[ownVariant] as 0 | 1][ownKind]!;
    likeOf.push(kept ? -1 : likes.numberOf(decidingKind, variants.likeOf(seenVariant)));
  }
  const parts = new WordSums(pairs.count, columns.parts, pairOf);
  const ofCell = (sums: WordSums): WordSums => sums.grouped(cells.count, cellOf);
  const [allParts, seconds, untimedParts] = [
    ofCell(parts),
    ofCell(new WordSums(pairs.count, columns.seconds, pairOf)),
    ofCell(new WordSums(pairs.count, columns.untimedParts, pairOf)),
  ];
  const named = Array.from(firstRow, () => new NamedDays());
  cellOf.forEach((cell, pair) => named[cell]!.add(variants.namedBy(variantOf[pair]!), parts.total(pair)));
  const names = new Set(seen.names);
  const shared = new SharedParts();
  // Written out: objects put together from parts are read several times slower.
  return firstRow.map((row, cell): CoarseCell => {
    const place = variant[row]!;
    const own = columns.variants[place]!;
    const transferred = (kinds.flags[kind[row]!]! & TRANSFERRED) !== 0;
    const kept = by.serviceKeeps && (own.repeat || transferred);
    const { dimensions, tag } = kindOf(kinds, kind[row]!, own.reason, names);
    const { first, knownParts } = named[cell]!;
    const { taggedOn, causes } = first!;
    const byDays = named[cell]!.byDays((days) => shared.days(days));
    return {
      trace: '',
      dimensions: shared.dimensions(dimensions),
      tag: kept ? null : tag,
      day: own.day,
      textHits: shared.textHits(own.textHits),
      causes,
      known: knownParts > 0n,
      knownParts,
      taggedOn,
      escalated: false,
      transferred: kept && !own.repeat,
      repeat: by.serviceKeeps && own.repeat,
      parts: allParts.total(cell),
      seconds: seconds.total(cell),
      untimedParts: untimedParts.total(cell),
      ...(kept ? {} : { like: likeOf[cell]! }),
      ...(byDays && { byDays }),
    };
  });
}

/** What contacts of one pair say of their customer and of days. */
type Named = Pick<CellFacts, 'known' | 'taggedOn' | 'causes'>;

/** Sums the parts of a cell by the days that its contacts name. */
class NamedDays {
  first: Named | undefined;
  knownParts = 0n;
  private readonly tagged = new Map<LocalDate | null, bigint>();
  private hits: readonly Map<LocalDate | null, bigint>[] = [];

  add(named: Named, parts: bigint): void {
    if (!this.first) this.hits = named.causes.map(() => new Map());
    this.first ??= named;
    if (named.known) this.knownParts += parts;
    addTo(this.tagged, named.taggedOn, parts);
    named.causes.forEach(({ hitOn }, i) => addTo(this.hits[i]!, hitOn, parts));
  }

  /** Undefined where all name the same. @param shared gives equal lists as one */
  byDays(shared: (days: readonly (LocalDate | null)[]) => readonly (LocalDate | null)[]): CoarseCell['byDays'] {
    if ([this.tagged, ...this.hits].every(({ size }) => size === 1)) return undefined;
    const list = (sums: ReadonlyMap<LocalDate | null, bigint>): DayParts => ({
      days: shared([...sums.keys()]),
      parts: [...sums.values()],
    });
    return { tagged: list(this.tagged), hits: this.hits.map(list) };
  }
}

function addTo(sums: Map<LocalDate | null, bigint>, day: LocalDate | null, parts: bigint): void {
  sums.set(day, (sums.get(day) ?? 0n) + parts);
}

/** Equal parts of cells as one object: what asks for them knows them again, and keeping them takes less. */
class SharedParts {
  private readonly known = new Map<string, unknown>();

  dimensions(dimensions: Dimensions): Dimensions {
    return this.once('', Object.values(dimensions) as (string | null)[], () => dimensions);
  }

  textHits(patterns: readonly string[]): ReadonlySet<string> {
    return this.once('texts', patterns, () => new Set(patterns));
  }

  days(days: readonly (LocalDate | null)[]): readonly (LocalDate | null)[] {
    return this.once('days', days, () => days);
  }

  private once<T>(what: string, texts: readonly (string | null)[], make: () => T): T {
    return madeOnce(this.known, JSON.stringify([what, ...texts]), make) as T;
  }
}

const NO_CAUSES: readonly Cause[] = [];

/** Variants with those of their causes only that an exposure rule can take for the reason of a cell, numbered. */
class CoarseVariants {
  private readonly numbers = new Numbering<string>();
  private readonly likes = new Numbering<string>();
  /** by number */
  private readonly like: number[] = [];
  private readonly named: Named[] = [];
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

  /** One number for variants that differ in nothing but the days they name, and whether they name a customer. */
  likeOf(number: number): number {
    return this.like[number]!;
  }

  namedBy(number: number): Named {
    return this.named[number]!;
  }

  private find(variant: number, kind: number, kept: boolean): number {
    const own = this.columns.variants[variant]!;
    return kept
      ? this.number('kept', { ...own, known: false, taggedOn: null }, NO_CAUSES)
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
      this.like.push(this.likes.of(`${by} ${variantKey({ ...variant, known: false, taggedOn: null }, stretches)}`));
      this.named.push({ known: variant.known, taggedOn: variant.taggedOn, causes });
    }
    return number;
  }

  private taken(causes: readonly Cause[], reason: string): readonly Cause[] {
    const taken = causes.filter((cause) => mayTake(this.by, cause, reason));
    return taken.length > 0 ? taken : NO_CAUSES;
  }
}
