import { stringify } from 'yaml';
import { bareHeader, HEADER_SYNONYMS } from './header-synonyms.ts';
import { type DateReader, dateReader } from './date-patterns.ts';
import { KINDS } from './kinds/all.ts';
import type { Column, Kind } from './kinds/kind.ts';
import { mapped } from './mapping.ts';
import { parseMapping } from './mapping-file.ts';
import { neededColumns } from './mapping-header.ts';
import type { Mapping, NumberFormat } from './mapping-language.ts';
import type { RowFault, RowSource, SourceRow } from './rows.ts';
import { areCodes, fittingDates, fittingNumbers } from './value-formats.ts';

/** Rows that the guess looks at, and those that it shows as interpreted. */
const SAMPLE_ROWS = 300;
const SHOWN_ROWS = 5;
/** Values of an enumeration that are listed for translation. */
const LISTED_VALUES = 30;

export interface RememberedMapping {
  readonly mapping: Mapping;
  readonly yaml: string;
}

/**
 * A mapping file for the export of another system, guessed from last time (a remembered mapping whose columns are all
 * there is taken as it is), from header synonyms and from the values; with the first rows as interpreted. It is meant to
 * be read and mended by a person. Takes the beginning of the source and closes it.
 * @returns YAML text
 */
export async function suggestMapping(
  source: RowSource,
  kind: Kind,
  options: { readonly file: string; readonly remembered?: readonly RememberedMapping[] },
): Promise<string> {
  const rows = await beginning(source);
  const header = source.header.map((name) => name.trim());
  const known = fitting(
    (options.remembered ?? []).filter(({ mapping }) => mapping.kind === kind.name),
    header,
  );
  const yaml = known?.yaml ?? guessed(kind, header, rows, options.file);
  return `${yaml.trimEnd()}\n${await interpreted(yaml, header, rows, source, options.file)}`;
}

/**
 * The kind that a file most likely holds: that of a remembered mapping whose columns are all there, else the one most of
 * whose required columns are found by name or synonym.
 */
export function likelyKind(header: readonly string[], remembered: readonly RememberedMapping[] = []): Kind {
  const names = header.map((name) => name.trim());
  const known = fitting(remembered, names);
  if (known !== undefined) return KINDS.find((kind) => kind.name === known.mapping.kind)!;
  const scored = KINDS.map((kind) => {
    const found = matchedColumns(kind, names);
    const required = kind.columns.filter((column) => column.required === true);
    const share = required.filter((column) => found.has(column.name)).length / required.length;
    return { kind, score: share + found.size / 100 };
  });
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).kind;
}

async function beginning(source: RowSource): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const batch of source.rows) {
    rows.push(...batch.slice(0, SAMPLE_ROWS - rows.length));
    if (rows.length >= SAMPLE_ROWS) break;
  }
  await source.close?.();
  return rows;
}

/** Of the mappings whose columns are all there, the one that reads the most of them; the earlier of equals. */
function fitting(remembered: readonly RememberedMapping[], header: readonly string[]): RememberedMapping | undefined {
  let best: { known: RememberedMapping; columns: number } | undefined;
  for (const known of remembered) {
    const needed = neededColumns(known.mapping).filter(({ optional }) => !optional);
    const columns = new Set(needed.map(({ names }) => names.join())).size;
    const fits = needed.every(({ names }) => names.some((name) => header.includes(name.trim())));
    if (fits && columns > (best?.columns ?? 0)) best = { known, columns };
  }
  return best?.known;
}

/** Their column for each of ours: by the same name, then by synonyms in order, each of theirs at most once. */
export function matchedColumns(kind: Kind, header: readonly string[]): Map<string, string> {
  const bare = new Map(header.map((name) => [bareHeader(name), name]));
  const taken = new Set<string>();
  const found = new Map<string, string>();
  const take = (column: Column, names: readonly string[]): void => {
    if (found.has(column.name)) return;
    const theirs = names
      .map((name) => bare.get(bareHeader(name)))
      .find((name) => name !== undefined && !taken.has(name));
    if (theirs === undefined) return;
    found.set(column.name, theirs);
    taken.add(theirs);
  };
  for (const column of kind.columns) take(column, [column.name]);
  const byNeed = [...kind.columns].sort((a, b) => Number(b.required ?? false) - Number(a.required ?? false));
  for (const column of byNeed) take(column, HEADER_SYNONYMS[column.name] ?? []);
  return found;
}

interface Guess {
  readonly columns: Record<string, unknown>;
  readonly notes: string[];
  numbers: NumberFormat | undefined;
}

function guessed(kind: Kind, header: readonly string[], rows: readonly SourceRow[], file: string): string {
  const matches = matchedColumns(kind, header);
  const guess: Guess = { columns: {}, notes: [], numbers: undefined };
  const valuesOf = (name: string): string[] => {
    const index = header.indexOf(name);
    return [
      ...new Set(
        rows
          .map((row) => (row.fields[index] ?? '').trim())
          .filter((text) => text !== '' && !MISSING_MARKS.includes(text)),
      ),
    ];
  };
  const missing = MISSING_MARKS.filter((mark) => rows.some((row) => row.fields.some((text) => text.trim() === mark)));
  const id = matches.get(kind.key[0]!);
  if (kind.key.length === 1 && id !== undefined && valuesOf(id).length < rows.length) {
    guess.notes.push(
      `${kind.key[0]!}: "${id}" repeats; for an event log add rows: { last_of: ${id} }, for lines without id use { row_id: true }`,
    );
  }
  for (const column of kind.columns) {
    const theirs = matches.get(column.name);
    if (theirs !== undefined) guess.columns[column.name] = ruleFor(column, theirs, valuesOf(theirs), guess);
    else if (column.required === true) absentRule(column, kind, matches, valuesOf, guess);
  }
  const unused = header.filter((name) => name !== '' && ![...matches.values()].includes(name));
  const name = file
    .replace(/\.(csv|xlsx|gz|txt)\b/gi, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
  const body = {
    name: name || kind.name,
    kind: kind.name,
    about: `Guessed from the header and the first ${rows.length} rows of ${file}; check every line.`,
    ...(missing.length === 0 ? {} : { missing }),
    ...(guess.numbers === undefined ? {} : { numbers: guess.numbers }),
    columns: guess.columns,
  };
  const notes = [...guess.notes, ...(unused.length > 0 ? [`columns not used: ${unused.join(', ')}`] : [])];
  return [...notes.map((note) => `# ${note}`), stringify(body, { lineWidth: 0, defaultStringType: 'PLAIN' })].join(
    '\n',
  );
}

function ruleFor(column: Column, theirs: string, values: readonly string[], guess: Guess): unknown {
  const { type } = column;
  if (type === 'timestamp' || type === 'date' || type === 'period') return dateRule(column, theirs, values, guess);
  if (type === 'amount' || type === 'decimal' || type === 'integer' || type === 'share') {
    const format = fittingNumbers(values);
    if (format === undefined) guess.notes.push(`${column.name}: "${theirs}" holds values that are no numbers`);
    else if (format.decimal !== '.' || format.thousands !== undefined) guess.numbers = format;
    return { from: theirs, number: 'true', ...(type === 'integer' ? { round: 'each' } : {}) };
  }
  if (type === 'enum' && values.some((value) => !column.values!.includes(value))) {
    guess.notes.push(`${column.name}: put one of ${column.values!.join(', ')} behind each value`);
    return { from: theirs, translate: translations(values, column.values!) };
  }
  return type === 'code' && !areCodes(values) ? { from: theirs, code: '64' } : theirs;
}

/** Their values with ours where they are the same but for case, else with a blank to fill in. */
function translations(values: readonly string[], ours: readonly string[]): Record<string, string> {
  const listed = values.slice(0, LISTED_VALUES);
  return Object.fromEntries(listed.map((value) => [value, ours.find((our) => our === value.toLowerCase()) ?? '']));
}

function dateRule(column: Column, theirs: string, values: readonly string[], guess: Guess): unknown {
  const as = column.type === 'period' ? { as: 'period' } : {};
  if (column.type === 'period' && values.every((value) => /^\d{4}-\d{2}$/.test(value))) return theirs;
  const patterns = fittingDates(values);
  const [pattern, ...others] = patterns;
  if (pattern === undefined) {
    guess.notes.push(`${column.name}: no known date format fits "${theirs}" (${values.slice(0, 3).join(', ')})`);
    return theirs;
  }
  const other = others.find((each) => readsOtherwise(each, pattern, values));
  if (other !== undefined) {
    guess.notes.push(
      `${column.name}: the values fit both ${pattern} and ${other}; the first is taken, make sure that it is right`,
    );
  }
  return { from: theirs, date: pattern, ...as };
}

/** True when one of the values becomes another day under the other pattern. */
function readsOtherwise(other: string, pattern: string, values: readonly string[]): boolean {
  const read = dateReader(pattern);
  const readOther = dateReader(other);
  return values.some((value) => dayOf(read(value)) !== dayOf(readOther(value)));
}

function dayOf(date: ReturnType<DateReader>): string {
  return typeof date === 'string' ? date : date.day;
}

/** What exports write where they have no value. */
const MISSING_MARKS = ['?', '-', 'NULL', 'null', 'N/A', 'n/a', '#N/A', 'NaN', 'None'];

function absentRule(
  column: Column,
  kind: Kind,
  matches: ReadonlyMap<string, string>,
  valuesOf: (name: string) => string[],
  guess: Guess,
): void {
  if (column.type === 'period') {
    const dated = kind.columns.find(
      (other) => (other.type === 'date' || other.type === 'timestamp') && matches.has(other.name),
    );
    if (dated !== undefined) {
      const theirs = matches.get(dated.name)!;
      guess.columns[column.name] = dateRule(column, theirs, valuesOf(theirs), guess);
      return;
    }
  }
  if (column.type === 'id' && column === kind.columns[0]) {
    guess.notes.push(`${column.name}: the file seems to have no id of its own; rows are told apart by their content`);
    guess.columns[column.name] = { row_id: 'true' };
    return;
  }
  guess.notes.push(
    `${column.name} is required and was not found: give it a column ("from") or a constant ("value"), e.g. ${column.example}`,
  );
}

async function interpreted(
  yaml: string,
  header: readonly string[],
  rows: readonly SourceRow[],
  source: RowSource,
  file: string,
): Promise<string> {
  const faults: RowFault[] = [];
  const shown = rows.slice(0, SHOWN_ROWS);
  const again: RowSource = {
    header,
    about: source.about,
    rows: (async function* () {
      yield await Promise.resolve(shown);
    })(),
  };
  const lines = [`# The first ${shown.length} rows as interpreted (${aboutText(source)}):`];
  const ours = mapped(again, parseMapping(yaml, file), { file, onFault: (fault) => faults.push(fault) });
  for await (const batch of ours.rows) {
    for (const row of batch) {
      const fields = ours.header.map((name, i) => (row.fields[i] === '' ? '' : `${name}=${row.fields[i]}`));
      lines.push(`#   line ${row.line}: ${fields.filter(Boolean).join('; ')}`);
    }
  }
  for (const fault of faults) {
    if (fault.line !== undefined)
      lines.push(`#   line ${fault.line}: refused: ${fault.column} "${fault.value}" ${fault.message}`);
  }
  return lines.map((line) => line.replace(/[\r\n]+/g, ' ')).join('\n') + '\n';
}

function aboutText({ about }: RowSource): string {
  if (about.format === 'xlsx') return `XLSX, sheet "${about.sheet}"`;
  return `CSV, ${about.encoding}, delimiter ${about.delimiter === '\t' ? 'tab' : `"${about.delimiter}"`}`;
}
