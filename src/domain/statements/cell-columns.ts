import type { Cause } from '../attribution/causes.ts';
import { DIMENSIONS, type Dimensions } from '../model/selector.ts';
import { madeOnce } from '../made-once.ts';
import type { CellFacts } from './cell-facts.ts';

/** Texts by place, each text once. */
export interface TextColumn {
  readonly texts: readonly (string | null)[];
  readonly of: Int32Array;
}

/** What imports saw of contacts, by place: dimensions, decision code, flags. */
export interface KindColumns {
  /** number of the stored cell */
  readonly number: Int32Array;
  readonly dimensions: { readonly [D in keyof Dimensions]: TextColumn };
  readonly tag: TextColumn;
  /** bits: escalated, transferred */
  readonly flags: Uint8Array;
}

export const ESCALATED = 1;
export const TRANSFERRED = 2;

/** What a close saw of contacts. */
export interface CellVariant extends Pick<CellFacts, 'day' | 'known' | 'taggedOn' | 'repeat' | 'causes'> {
  /** of a segment; null: the reason of the kind */
  readonly reason: string | null;
  readonly textHits: readonly string[];
  /** the end of the trace of its cells, behind the number of the kind */
  readonly trace: string;
}

/**
 * The cells of a period in columns: plain data that is read in a tenth of a second at some hundred thousand cells. A cell
 * is a kind and a variant of contacts with their sums.
 */
export interface CellColumns {
  readonly kinds: KindColumns;
  readonly variants: readonly CellVariant[];
  /** by cell: place among the kinds, and among the variants */
  readonly kind: Int32Array;
  readonly variant: Int32Array;
  readonly parts: BigInt64Array;
  readonly seconds: BigInt64Array;
  readonly untimedParts: BigInt64Array;
}

/** Cell by cell. */
export function cellsOf(columns: CellColumns): CellFacts[] {
  const { kinds, variants } = columns;
  const textHits = variants.map((variant) => new Set(variant.textHits));
  const known: Map<string | null, ReturnType<typeof kindOf>>[] = [];
  return Array.from(columns.kind, (kind, i): CellFacts => {
    const place = columns.variant[i]!;
    const { reason, trace, textHits: _, ...seen } = variants[place]!;
    return {
      ...seen,
      ...madeOnce((known[kind] ??= new Map()), reason, () => kindOf(kinds, kind, reason)),
      trace: `[${kinds.number[kind]!},${trace}`,
      textHits: textHits[place]!,
      parts: columns.parts[i]!,
      seconds: columns.seconds[i]!,
      untimedParts: columns.untimedParts[i]!,
    };
  });
}

const ALL: ReadonlySet<keyof Dimensions> = new Set(DIMENSIONS);

/** What a kind and the reason of a variant say of a cell. @param only dimensions; the others are left out */
export function kindOf(
  { dimensions, tag, flags }: KindColumns,
  kind: number,
  reason: string | null,
  only: ReadonlySet<keyof Dimensions> = ALL,
): Pick<CellFacts, 'dimensions' | 'tag' | 'escalated' | 'transferred'> {
  const text = (name: keyof Dimensions): string | null => (only.has(name) ? textAt(dimensions[name], kind) : null);
  return {
    dimensions: {
      channel: text('channel')!,
      reason: reason ?? text('reason')!,
      queue: text('queue'),
      site: text('site'),
      vendor: text('vendor'),
      product: text('product'),
      segment: text('segment'),
      language: text('language'),
      direction: text('direction'),
    },
    tag: textAt(tag, kind),
    escalated: (flags[kind]! & ESCALATED) !== 0,
    transferred: (flags[kind]! & TRANSFERRED) !== 0,
  };
}

export function textAt({ texts, of }: TextColumn, place: number): string | null {
  return texts[of[place]!]!;
}

/** Variants that hold the same, whatever their traces: for those who sum over them. */
export function variantKey(variant: CellVariant, causes: readonly Cause[]): string {
  const { reason, day, known, taggedOn, repeat, textHits } = variant;
  let key = `${known ? 1 : 0}${repeat ? 1 : 0} ${day} ${taggedOn ?? ''}\u0000${reason ?? '\u0001'}`;
  for (const pattern of textHits) key += `\u0000\u0002${pattern}`;
  for (const { rule, decision, hitOn, ageDays } of causes)
    key += `\u0000\u0003${rule}\u0000${decision}\u0000${hitOn} ${ageDays}`;
  return key;
}
