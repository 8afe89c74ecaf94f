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

/** What a mapping did, in sentences for the person who compares the file with the books; numbers in thousands. */
export function mappingSentences(report: MappingReport): string[] {
  const list = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([name, rows]) => `${name} ${thousands(rows)}`).join(', ');
  const said = report.assumptions.map((assumption) => `assumption: ${assumption}`);
  if (report.read !== report.delivered) {
    said.push(
      `read: ${thousands(report.read)} rows of their file, which became ${thousands(report.delivered)} of ours`,
    );
  }
  for (const [why, rows] of report.dropped) said.push(`left out: ${thousands(rows)} rows, ${why}`);
  if (report.superseded > 0)
    said.push(`left out: ${thousands(report.superseded)} earlier rows of a key whose last row stands`);
  if (report.unanswered.size > 0) said.push(`without an answer: ${list(report.unanswered)}`);
  if (report.missing.size > 0) said.push(`missing: ${list(report.missing)}`);
  if (report.alike > 0)
    said.push(`alike: ${thousands(report.alike)} rows equal an earlier one in what the mapping compares; kept`);
  if (report.equalRows > 0)
    said.push(
      `double: ${thousands(report.equalRows)} rows equal an earlier one wholly; kept, each under an id of its own`,
    );
  for (const { column, currency, exact, posted, rows } of report.rounded)
    said.push(`rounded: ${column} ${exact} ${currency} to ${posted}, ${thousands(rows)} rows by largest remainder`);
  return said;
}

const thousands = (count: number): string => count.toLocaleString('en-US');
