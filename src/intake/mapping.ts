import { InvalidInput } from '../domain/errors.ts';
import { minorDigits } from '../domain/money.ts';
import type { CodeMaker } from './code-making.ts';
import { RemainderRounding } from './largest-remainder.ts';
import { type CompiledColumn, compileColumn } from './mapping-columns.ts';
import { type Compilation, RowIds, ValueFault } from './mapping-compilation.ts';
import { MappingFaults } from './mapping-faults.ts';
import { headerFinder } from './mapping-header.ts';
import type { Mapping } from './mapping-language.ts';
import { count, emptyReport, type MappingReport } from './mapping-report.ts';
import { RowSelection } from './mapping-selection.ts';
import type { FaultSink, RowSource, SourceRow } from './rows.ts';

export interface MappedSource extends RowSource {
  readonly report: MappingReport;
}

export interface MappedOptions {
  /** name for faults */
  readonly file: string;
  /** takes the faults of single rows; without it the first is thrown */
  readonly onFault?: FaultSink;
  /** rows or keys that may be kept in memory where the mapping needs it */
  readonly heldRows?: number;
}

/** About 300 bytes a row: at most some 300 MB. */
const HELD_ROWS = 1_000_000;

/**
 * Rows of another system as rows of ours, streaming. What needs the whole file (the last row of a key, rows without id,
 * amounts to be rounded against the total) is kept in memory up to `heldRows`, then refused.
 * @throws InvalidInput when the file lacks a column that the mapping needs
 */
export function mapped(source: RowSource, mapping: Mapping, options: MappedOptions): MappedSource {
  const run = new MappingRun(source, mapping, options);
  return {
    ...omitSpans(source),
    header: run.header,
    originalHeader: source.header,
    rows: { [Symbol.asyncIterator]: () => run.rows() },
    report: run.report,
  };
}

function omitSpans(source: RowSource): Omit<RowSource, 'spans'> {
  const { spans: _spans, ...rest } = source;
  return rest;
}

class MappingRun {
  readonly header: readonly string[];
  readonly report: MappingReport;
  private readonly groups: { name?: string; needed: number; columns: (CompiledColumn | undefined)[] }[];
  private readonly selection: RowSelection;
  private readonly lastOf: readonly number[] | undefined;
  private readonly codes = new Map<string, CodeMaker>();
  private readonly rowIds: RowIds;
  private readonly roundings = new Map<string, { column: string; currency: string; rounding: RemainderRounding }>();
  private readonly heldRows: number;
  private readonly faults: MappingFaults;

  constructor(
    private readonly source: RowSource,
    private readonly mapping: Mapping,
    private readonly options: MappedOptions,
  ) {
    this.heldRows = options.heldRows ?? HELD_ROWS;
    this.rowIds = new RowIds(this.heldRows);
    this.faults = new MappingFaults(options.file, options.onFault);
    const find = headerFinder(source.header, mapping, options.file);
    const compilation: Compilation = { mapping, find, codes: this.codes, rowIds: this.rowIds };
    const common = [...mapping.columns];
    const variants = mapping.each ?? [{ name: undefined, unless_blank: undefined, columns: new Map() }];
    this.header = [...new Set([...common, ...variants.flatMap((each) => [...each.columns])].map(([target]) => target))];
    const compiled = new Map(common.map(([target, rule]) => [target, compileColumn(target, rule, compilation)]));
    this.groups = variants.map((each) => ({
      ...(each.name === undefined ? {} : { name: each.name }),
      needed: each.unless_blank === undefined ? -1 : this.header.indexOf(each.unless_blank),
      columns: this.header.map((target) => {
        const own = each.columns.get(target);
        return own === undefined ? compiled.get(target) : compileColumn(target, own, compilation);
      }),
    }));
    this.report = emptyReport(mapping);
    this.selection = new RowSelection(mapping, find, this.report, this.heldRows);
    this.lastOf = mapping.rows?.last_of?.map((name) => find([name])!);
  }

  async *rows(): AsyncGenerator<readonly SourceRow[], void, undefined> {
    const last = new Map<string, SourceRow>();
    for await (const batch of this.source.rows) {
      const wanted = batch.filter((row) => this.wanted(row));
      if (this.lastOf === undefined) {
        const rows = this.ours(wanted);
        if (rows.length > 0) yield rows;
        continue;
      }
      for (const row of wanted) {
        const key = this.lastOf.map((index) => row.fields[index] ?? '').join('\u001f');
        if (last.has(key)) this.report.superseded++;
        else if (last.size >= this.heldRows) throw this.tooManyRows('different keys');
        last.set(key, row);
      }
    }
    let part: SourceRow[] = [];
    for (const row of last.values()) {
      if (part.push(row) < 1000) continue;
      yield this.ours(part);
      part = [];
    }
    const rest = [...this.ours(part), ...this.settled()];
    if (rest.length > 0) yield rest;
    this.close();
  }

  private wanted(row: SourceRow): boolean {
    const wanted = this.selection.wants(row);
    if (this.selection.isFull) throw this.tooManyRows('rows to compare');
    return wanted;
  }

  private readonly waitingRows: SourceRow[] = [];

  private ours(rows: readonly SourceRow[]): SourceRow[] {
    const ours: SourceRow[] = [];
    for (const row of rows) {
      const made: { fields: string[]; columns: readonly (CompiledColumn | undefined)[] }[] = [];
      const faults: ValueFault[] = [];
      for (const { name, needed, columns } of this.groups) {
        const fields = columns.map((column) => this.valueOf(column, row, faults));
        if (needed >= 0 && fields[needed] === '') count(this.report.unanswered, name!);
        else made.push({ fields, columns });
      }
      if (faults.length > 0) {
        this.report.refused++;
        this.faults.refuse(row, faults);
      } else {
        for (const { fields, columns } of made) {
          if (this.report.delivered++ === 0) this.faults.release();
          fields.forEach((text, i) => text === '' && count(this.report.missing, this.header[i]!));
          const mappedRow = { line: row.line, fields, original: row.fields };
          if (this.waits(mappedRow, columns)) this.waitingRows.push(mappedRow);
          else ours.push(mappedRow);
        }
      }
    }
    return ours;
  }

  private valueOf(column: CompiledColumn | undefined, row: SourceRow, faults: ValueFault[]): string {
    if (column === undefined) return '';
    try {
      return column.value(row);
    } catch (error) {
      if (error instanceof RangeError) throw this.tooManyRows('rows without an id');
      if (!(error instanceof ValueFault)) throw error;
      faults.push(error);
      return '';
    }
  }

  /** True when an amount of the row has more digits than its currency and waits for the file's total. */
  private waits(row: { line: number; fields: string[] }, columns: readonly (CompiledColumn | undefined)[]): boolean {
    let waits = false;
    columns.forEach((column, i) => {
      const text = row.fields[i]!;
      if (column?.rule.round !== 'largest_remainder' || text === '') return;
      const currency = row.fields[this.header.indexOf('currency')] ?? '';
      const digits = column.rule.decimals === undefined ? (minorDigits(currency) ?? 2) : Number(column.rule.decimals);
      const key = `${column.target} ${currency}`;
      let entry = this.roundings.get(key);
      if (entry === undefined) {
        entry = { column: column.target, currency, rounding: new RemainderRounding(digits) };
        this.roundings.set(key, entry);
      }
      if (entry.rounding.countExact(text)) return;
      if (entry.rounding.waiting >= this.heldRows) throw this.tooManyRows('amounts to round');
      entry.rounding.wait(text, String(row.line).padStart(12, '0'), (rounded) => (row.fields[i] = rounded));
      waits = true;
    });
    return waits;
  }

  private settled(): SourceRow[] {
    for (const { column, currency, rounding } of this.roundings.values()) {
      if (rounding.waiting > 0) this.report.rounded.push({ column, currency, ...rounding.settle() });
    }
    return this.waitingRows;
  }

  private close(): void {
    const { report } = this;
    report.equalRows = this.rowIds.equalRows;
    for (const [target, maker] of this.codes) report.codes.set(target, maker.made);
    this.faults.close(report.delivered);
  }

  private tooManyRows(what: string): InvalidInput {
    const message = `the mapping "${this.mapping.name}" has to keep more than ${this.heldRows} ${what} in memory`;
    return new InvalidInput([
      { file: this.options.file, code: 'too_many_to_hold', message, remedy: 'Split the file, for example by month' },
    ]);
  }
}
