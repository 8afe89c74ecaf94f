import { InvalidInput, type InputFault } from '../domain/errors.ts';
import { editDistance } from './codes.ts';
import { checkAmount, checkWaived } from './amount-checks.ts';
import { checkText, checkTimestamp, flaw, unknownCode, type Books, type Checked, type Flaw } from './column-checks.ts';
import type { Column, Kind } from './kinds/kind.ts';
import type { FaultSink, SourceRow } from './rows.ts';
import type { Instant } from './timestamps.ts';

export interface CheckedRow {
  readonly line: number;
  /** by position in the columns of the kind: stored text, null where empty */
  readonly values: readonly (string | null)[];
  /** of the kind's timestamp */
  readonly instant: Instant | undefined;
  readonly source: SourceRow;
}

/** Something worth knowing that stops nothing: counted, with the first few places. */
export type NoteSink = (code: string, line: number, value: string) => void;

/** A reference of a row to something that may still come in the same file. */
export interface PendingReference {
  readonly row: SourceRow;
  readonly column: Column;
  readonly code: string;
}

/** Where the kind's columns stand in a header; undefined where the file lacks one. */
export interface Binding {
  readonly places: readonly (number | undefined)[];
  readonly unknown: readonly string[];
}

/** Finds the columns of a kind in a header, ignoring case and blanks round names. @throws InvalidInput for missing and doubled ones */
export function bindHeader(kind: Kind, header: readonly string[], file: string): Binding {
  const names = header.map((name) => name.trim().toLowerCase());
  const faults: InputFault[] = [];
  for (const [at, name] of names.entries()) {
    if (name !== '' && names.indexOf(name) < at) {
      const message = `the column stands twice in the header (${names.indexOf(name) + 1} and ${at + 1})`;
      faults.push({ file, line: 1, column: header[at], code: 'double_column', message, remedy: 'Take one out.' });
    }
  }
  const places = kind.columns.map((column) => {
    const at = names.indexOf(column.name);
    return at < 0 ? undefined : at;
  });
  const unknown = header.filter((_, at) => !places.includes(at));
  for (const [c, column] of kind.columns.entries()) {
    if (column.required !== true || places[c] !== undefined) continue;
    const near = unknown.find((name) => editDistance(name.trim().toLowerCase(), column.name, 3) <= 3);
    faults.push({
      file,
      line: 1,
      column: column.name,
      code: 'missing_column',
      message: `${kind.file} needs the column ${column.name} (${column.meaning})`,
      remedy:
        near === undefined
          ? 'Add it, or import with a mapping.'
          : `Is it "${near}"? Rename it, or import with a mapping.`,
    });
  }
  if (faults.length > 0) throw new InvalidInput(faults);
  return { places, unknown };
}

/** Checks rows of one kind against its definition. Faults go to `onFault`; a row with a fault gives undefined. */
export class RowCheck {
  readonly pending: PendingReference[] = [];
  private readonly order: readonly number[];
  private readonly currencyAt: number;
  private readonly byName: ReadonlyMap<string, number>;

  constructor(
    private readonly kind: Kind,
    private readonly binding: Binding,
    private readonly books: Books,
    private readonly file: string,
    private readonly onFault: FaultSink,
    private readonly onNote: NoteSink,
  ) {
    this.byName = new Map(kind.columns.map((column, c) => [column.name, c]));
    this.currencyAt = this.byName.get('currency') ?? -1;
    // currency before the amounts that need it, amounts before their waived part
    const rank = (c: number): number => ['amount', 'waived'].indexOf(kind.columns[c]!.type) + 1;
    this.order = kind.columns.map((_, c) => c).sort((a, b) => rank(a) - rank(b));
  }

  check(source: SourceRow): CheckedRow | undefined {
    const { kind, books } = this;
    const values = new Array<string | null>(kind.columns.length).fill(null);
    let instant: Instant | undefined;
    let clean = true;
    const refuse = (column: string, value: string | undefined, found: Flaw): void => {
      clean = false;
      this.refuse(source, column, value, found);
    };
    for (const c of this.order) {
      const column = kind.columns[c]!;
      const place = this.binding.places[c];
      const text = place === undefined ? '' : (source.fields[place] ?? '');
      if (text === '') {
        if (column.required === true)
          refuse(column.name, '', flaw('missing', `${column.name} is empty`, 'Fill it in.'));
        else values[c] = column.absent ?? (c === this.currencyAt ? books.currency : null);
        continue;
      }
      if (column.type === 'timestamp') {
        const found = checkTimestamp(text, books.zone);
        if ('code' in found) refuse(column.name, text, found);
        else {
          instant = found;
          values[c] = instantText(found.micros);
          if (found.note !== undefined) this.onNote(found.note, source.line, text);
        }
        continue;
      }
      const checked = this.checkField(column, text, values);
      if (checked === undefined) continue;
      if (typeof checked !== 'string') {
        refuse(column.name, text, checked);
        continue;
      }
      values[c] = checked;
      if (column.references !== undefined) {
        const found = this.referenceFlaw(source, column, checked);
        if (found !== undefined) refuse(column.name, text, found);
      }
      if (column.defines !== undefined) {
        const twin = books.known[column.defines]?.twin(checked);
        if (twin !== undefined) {
          const message = `it differs only in case from "${twin}"`;
          refuse(column.name, text, flaw('differs_in_case', message, `Write "${twin}", or choose another code.`));
        }
      }
    }
    if (!clean) return undefined;
    const problem = kind.rule?.((name) => values[this.byName.get(name)!] ?? null, books);
    if (problem !== undefined) {
      refuse(problem.column, this.textOf(source, problem.column), problem);
      return undefined;
    }
    for (const [c, column] of kind.columns.entries()) {
      if (column.defines !== undefined) books.known[column.defines]?.add(values[c]!);
    }
    return { line: source.line, values, instant, source };
  }

  /** Undefined: without a good currency an amount cannot be judged, and the currency's own fault says so. */
  private checkField(column: Column, text: string, values: readonly (string | null)[]): Checked | undefined {
    if (column.type !== 'amount' && column.type !== 'waived') return checkText(column, text, this.books);
    const currency = values[this.currencyAt];
    if (currency == null) return undefined;
    return column.type === 'amount'
      ? checkAmount(text, currency)
      : checkWaived(text, values[this.byName.get('amount')!]!, currency);
  }

  private referenceFlaw(row: SourceRow, column: Column, code: string): Flaw | undefined {
    const book = this.books.known[column.references!];
    if (book === undefined || book.has(code)) return undefined;
    if (column.ahead === true) {
      this.pending.push({ row, column, code });
      return undefined;
    }
    return unknownCode(book, code);
  }

  /** Settles references to what came later in the file; gives the lines that named nothing. */
  settlePending(): Set<number> {
    const refused = new Set<number>();
    for (const { row, column, code } of this.pending) {
      const book = this.books.known[column.references!]!;
      if (book.has(code)) continue;
      refused.add(row.line);
      this.refuse(row, column.name, code, unknownCode(book, code));
    }
    return refused;
  }

  private textOf(source: SourceRow, column: string): string | undefined {
    const place = this.binding.places[this.byName.get(column) ?? -1];
    return place === undefined ? undefined : source.fields[place];
  }

  private refuse(source: SourceRow, column: string, value: string | undefined, found: Flaw): void {
    const shown = value !== undefined && value.length > 200 ? `${value.slice(0, 200)}…` : value;
    const { code, message, remedy } = found;
    this.onFault({
      file: this.file,
      line: source.line,
      column,
      value: shown,
      code,
      message,
      remedy,
      fields: source.original ?? source.fields,
    });
  }
}

/** ISO text in UTC with microseconds. */
export function instantText(micros: bigint): string {
  const ms = Number(micros / 1000n);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros % 1000n).padStart(3, '0')}Z`;
}
