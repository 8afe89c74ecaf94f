import type { Mapping } from './mapping-language.ts';

/** What a mapping did to a file, counted while it ran. */
export interface MappingReport {
  readonly mapping: string;
  readonly assumptions: readonly string[];
  /** rows of theirs that were read */
  read: number;
  /** rows of ours that came out */
  delivered: number;
  /** rows of theirs that could not be mapped */
  refused: number;
  /** rows taken out, by reason */
  readonly dropped: Map<string, number>;
  /** earlier rows of a key whose last row won */
  superseded: number;
  /** rows equal to an earlier one in the columns that the mapping names as alike */
  alike: number;
  /** rows without an id that equal an earlier one wholly; kept */
  equalRows: number;
  /** missing values by column of ours */
  readonly missing: Map<string, number>;
  /** rows of ours that an entry of `each` left out because its value was missing */
  readonly unanswered: Map<string, number>;
  /** codes made, by column of ours */
  readonly codes: Map<string, { codes: number; shortened: number }>;
  /** totals before and after rounding by largest remainder, by column and currency */
  readonly rounded: { column: string; currency: string; exact: string; posted: string; rows: number }[];
}

export function emptyReport(mapping: Mapping): MappingReport {
  return {
    mapping: mapping.name,
    assumptions: mapping.assumptions ?? [],
    read: 0,
    delivered: 0,
    refused: 0,
    dropped: new Map(),
    superseded: 0,
    alike: 0,
    equalRows: 0,
    missing: new Map(),
    unanswered: new Map(),
    codes: new Map(),
    rounded: [],
  };
}

export function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
