import { isUtf8 } from 'node:buffer';
import { InvalidInput } from '../domain/errors.ts';
import {
  CR,
  givePlainRowsBack,
  LF,
  MOST_COLUMNS,
  PIECE,
  QUOTE,
  takePlainRows,
  type PlainRows,
} from './plain-rows-program.ts';
import type { FaultSink, SpanBatch } from './rows.ts';

/** A row beyond this is a forgotten closing quote, not data; it bounds the memory. */
const LONGEST_ROW = 4 * 1024 * 1024;

export interface CsvOptions {
  /** name for faults */
  readonly file: string;
  readonly onFault: FaultSink;
  /** one character below U+0080; default comma */
  readonly delimiter?: string | undefined;
}

/**
 * RFC 4180, strictly, over bytes: rows end with LF, CRLF or CR; a quote stands only round a whole field, doubled inside.
 * What breaks these rules, NUL and invalid UTF-8 are faults with line and column, never guessed. Finds places instead of
 * making strings: two passes over 100 bytes cost less than fifteen strings. Common rows are found many at once; the full
 * rules judge the others.
 */
export class CsvScanner {
  width = 0;
  header: readonly string[] = [];
  /** lines without any character, which are passed over */
  blankLines = 0;
  private line = 1;
  private readonly special = new Uint8Array(256);
  private readonly delimiter: number;
  /** undefined before the first rows and after the last */
  private plain: PlainRows | undefined;
  private starts: Int32Array = new Int32Array(0);
  private ends: Int32Array = new Int32Array(0);
  private lines: Float64Array = new Float64Array(0);
  /** fields of the present row that hold doubled quotes */
  private readonly escaped: number[] = [];

  constructor(private readonly options: CsvOptions) {
    this.delimiter = (options.delimiter ?? ',').charCodeAt(0);
    for (const byte of [this.delimiter, QUOTE, LF, CR]) this.special[byte] = 1;
  }

  /** Reads the header at the front of `bytes`; gives the bytes it took, or -1 when more are needed. */
  readHeader(bytes: Buffer, final: boolean): number {
    const { consumed } = this.scan(bytes, final, true);
    return this.width > 0 ? consumed : final ? consumed : -1;
  }

  /**
   * Finds the complete rows at the front of `bytes` and gives them with the number of bytes taken. Doubled quotes are
   * undone inside `bytes`. With `final` the last row may lack its line end.
   */
  scan(bytes: Buffer, final: boolean, headerOnly = false): { batch: SpanBatch; consumed: number } {
    const n = bytes.length;
    const plain = headerOnly ? undefined : this.plainRowsOf(bytes);
    if (headerOnly) this.makeRoom(0);
    const { special, delimiter, starts, ends } = this;
    let width = this.width;
    let count = 0;
    let consumed = 0;
    let i = 0;
    let line = this.line;
    rows: while (i < n) {
      if (plain !== undefined) {
        plain.find(i, n, width, delimiter, count);
        while (count < plain.count) this.lines[count++] = line++;
        this.line = line;
        consumed = i = plain.end;
        if (i === n) break;
      }
      const rowLine = line;
      const base = count * width;
      let fields = 0;
      let fault: string | undefined;
      let faultField = 0;
      if (this.escaped.length > 0) this.escaped.length = 0;
      if (width !== 1 && (bytes[i] === LF || bytes[i] === CR)) {
        if (bytes[i] === CR && i + 1 === n && !final) break;
        i += bytes[i] === CR && bytes[i + 1] === LF ? 2 : 1;
        this.blankLines++;
        this.line = ++line;
        consumed = i;
        continue;
      }
      for (;;) {
        let start = i;
        let end: number;
        if (i < n && bytes[i] === QUOTE) {
          start = ++i;
          for (;;) {
            while (i < n && bytes[i] !== QUOTE) {
              if (bytes[i] === LF || (bytes[i] === CR && bytes[i + 1] !== LF)) line++;
              i++;
            }
            if (i + 1 >= n && !final) break rows;
            if (i >= n) {
              fault = 'unclosed_quote';
              faultField = fields;
              break;
            }
            if (bytes[i + 1] !== QUOTE) break;
            if (this.escaped[this.escaped.length - 1] !== fields) this.escaped.push(fields);
            i += 2;
          }
          end = i;
          if (i < n) i++;
          if (i < n && bytes[i] !== delimiter && bytes[i] !== LF && bytes[i] !== CR) {
            fault ??= 'text_after_quote';
            faultField = fields;
            while (i < n && bytes[i] !== delimiter && bytes[i] !== LF && bytes[i] !== CR) i++;
          }
        } else {
          while (i < n && special[bytes[i]!] === 0) i++;
          while (i < n && bytes[i] === QUOTE) {
            fault ??= 'stray_quote';
            faultField = fields;
            i++;
            while (i < n && special[bytes[i]!] === 0) i++;
          }
          end = i;
        }
        if (i >= n && !final) break rows;
        if (fields >= MOST_COLUMNS) this.refuse('too_many_columns', rowLine, `more than ${MOST_COLUMNS} columns`);
        starts[base + fields] = start;
        ends[base + fields] = end;
        fields++;
        if (i < n && bytes[i] === delimiter) {
          i++;
          continue;
        }
        if (i < n) {
          i += bytes[i] === CR && bytes[i + 1] === LF ? 2 : 1;
          if (i === n && bytes[i - 1] === CR && !final) break rows;
        }
        line++;
        break;
      }
      for (const field of this.escaped)
        ends[base + field] = undouble(bytes, starts[base + field]!, ends[base + field]!);
      consumed = i;
      this.line = line;
      if (this.width === 0) {
        this.takeHeader(bytes, fields, rowLine, fault);
        width = this.width;
        if (headerOnly) break;
        continue;
      }
      if (fault === undefined && fields === width) {
        this.lines[count++] = rowLine;
        continue;
      }
      this.reportRow(bytes, base, fields, rowLine, fault, faultField);
    }
    if (consumed === 0 && n > LONGEST_ROW) {
      this.refuse('row_too_long', this.line, `a row of more than ${LONGEST_ROW / 1024 / 1024} MiB starts here`);
    }
    const batch = { bytes, width, count, lines: this.lines, starts, ends };
    return { batch: this.withoutBadText(batch, consumed), consumed };
  }

  /** Gives back what it holds; no batch of it may be looked at afterwards. */
  close(): void {
    if (this.plain !== undefined) givePlainRowsBack(this.plain);
    this.plain = undefined;
    this.starts = this.ends = new Int32Array(0);
    this.lines = new Float64Array(0);
  }

  /** Room for the places of rows of so many bytes. @returns what finds plain ones, unless the bytes are more than it looks at */
  private plainRowsOf(bytes: Buffer): PlainRows | undefined {
    if (bytes.length > PIECE) {
      this.makeRoom(bytes.length);
      return undefined;
    }
    const plain = (this.plain ??= takePlainRows());
    plain.bytes.set(bytes);
    [this.starts, this.ends, this.lines] = [plain.starts, plain.ends, plain.lines];
    return plain;
  }

  private makeRoom(n: number): void {
    if (this.lines.length > n && this.starts.length > n + MOST_COLUMNS) return;
    this.starts = new Int32Array(n + MOST_COLUMNS + 1);
    this.ends = new Int32Array(n + MOST_COLUMNS + 1);
    this.lines = new Float64Array(n + 1);
  }

  private takeHeader(bytes: Buffer, fields: number, line: number, fault: string | undefined): void {
    const names = this.texts(bytes, 0, fields);
    if (fault !== undefined) this.refuse(fault, line, 'the header row is not RFC 4180');
    if (!isUtf8(bytes.subarray(this.starts[0], this.ends[fields - 1])) || names.some((name) => name.includes('\0'))) {
      this.refuse('bad_header', line, 'the header row is not UTF-8 text');
    }
    this.header = names;
    this.width = fields;
  }

  private texts(bytes: Buffer, base: number, fields: number): string[] {
    return Array.from({ length: fields }, (_, f) =>
      bytes.toString('utf8', this.starts[base + f]!, this.ends[base + f]!),
    );
  }

  private reportRow(
    bytes: Buffer,
    base: number,
    fields: number,
    line: number,
    fault: string | undefined,
    field: number,
  ): void {
    const texts = this.texts(bytes, base, fields);
    const { file, onFault } = this.options;
    const place = { file, line, fields: texts };
    if (fault === undefined) {
      const more = fields > this.width;
      onFault({
        ...place,
        code: 'ragged_row',
        message: `the row has ${fields} fields, the header has ${this.width}`,
        remedy: more
          ? 'Put fields that hold the delimiter in double quotes.'
          : 'Give every column a field, empty if need be.',
      });
      return;
    }
    onFault({ ...place, column: this.header[field], value: shortened(texts[field] ?? ''), ...QUOTE_FAULTS[fault]! });
  }

  /** Takes rows with NUL or invalid UTF-8 out of the batch; whole batches are tested at once, rows only when needed. */
  private withoutBadText(batch: SpanBatch, consumed: number): SpanBatch {
    const { bytes, width, lines, starts, ends } = batch;
    const taken = bytes.subarray(0, consumed);
    if (isUtf8(taken) && taken.indexOf(0) < 0) return batch;
    let kept = 0;
    for (let r = 0; r < batch.count; r++) {
      const base = r * width;
      const fault = this.badField(bytes, base, width);
      if (fault === undefined) {
        starts.copyWithin(kept * width, base, base + width);
        ends.copyWithin(kept * width, base, base + width);
        lines[kept++] = lines[r]!;
        continue;
      }
      const texts = this.texts(bytes, base, width);
      this.options.onFault({
        file: this.options.file,
        line: lines[r]!,
        column: this.header[fault.field],
        value: shortened(texts[fault.field]!),
        fields: texts,
        code: fault.code,
        message: fault.code === 'nul' ? 'the field holds a NUL character' : 'the field is not valid UTF-8',
        remedy: fault.code === 'nul' ? 'Take the NUL characters out.' : 'Save the file as UTF-8, or name its encoding.',
      });
    }
    return { ...batch, count: kept };
  }

  private badField(bytes: Buffer, base: number, width: number): { field: number; code: string } | undefined {
    for (let f = 0; f < width; f++) {
      const text = bytes.subarray(this.starts[base + f], this.ends[base + f]);
      if (!isUtf8(text)) return { field: f, code: 'not_utf8' };
      if (text.indexOf(0) >= 0) return { field: f, code: 'nul' };
    }
    return undefined;
  }

  private refuse(code: string, line: number, message: string): never {
    const remedy =
      'Save the file as CSV by RFC 4180: one header row, fields with quotes or line ends in double quotes.';
    throw new InvalidInput([{ file: this.options.file, line, code, message, remedy }]);
  }
}

const QUOTE_FAULTS: Record<string, { code: string; message: string; remedy: string; structural?: boolean }> = {
  stray_quote: {
    code: 'stray_quote',
    message: 'a double quote stands inside an unquoted field',
    remedy: 'Put the whole field in double quotes and double the quotes inside.',
  },
  text_after_quote: {
    code: 'text_after_quote',
    message: 'text follows the closing double quote',
    remedy: 'Double the quotes inside a quoted field.',
    structural: true,
  },
  unclosed_quote: {
    code: 'unclosed_quote',
    message: 'the double quote that opens this field is never closed',
    remedy: 'Close the quoted field.',
    structural: true,
  },
};

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Turns "" into " between start and end, in place; gives the new end. */
function undouble(bytes: Buffer, start: number, end: number): number {
  let to = start;
  for (let from = start; from < end; from++) {
    bytes[to++] = bytes[from]!;
    if (bytes[from] === QUOTE) from++;
  }
  return to;
}
