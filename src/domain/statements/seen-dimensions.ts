import { KeyNumbers } from '../key-numbers.ts';
import { DIMENSIONS, matchesPattern, type Dimensions } from '../model/selector.ts';
import { Numbering } from '../numbering.ts';
import type { KindColumns, TextColumn } from './cell-columns.ts';
import type { Distinctions } from './distinctions.ts';

/** Of some dimensions the value counts, of the others only what the patterns of selectors tell apart. */
export class SeenDimensions {
  private readonly beside: readonly TextColumn[];

  /** @param named the reason, and what else counts by its value */
  constructor(
    private readonly columns: KindColumns,
    private readonly patterns: Distinctions['patterns'],
    private readonly named: readonly (keyof Dimensions)[],
  ) {
    const names = this.names.filter((name) => name !== 'reason');
    this.beside = names.map((name) => this.seenOf(name, columns.dimensions[name]));
  }

  /** Those that count. */
  get names(): readonly (keyof Dimensions)[] {
    return DIMENSIONS.filter((name) => this.named.includes(name) || this.patterns[name].length > 0);
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
    if (this.named.includes(name)) return { texts, of };
    const patterns = this.patterns[name];
    const signatures = new Numbering<string>();
    const seen = texts.map((text) =>
      signatures.of(patterns.map((pattern) => (matchesPattern(pattern, text) ? 1 : 0)).join('')),
    );
    return { texts: signatures.values(), of: of.map((text) => seen[text]!) };
  }
}
