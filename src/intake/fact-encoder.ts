import { BinaryRows, viewOf } from './binary-rows.ts';
import type { CellBook } from './cells.ts';
import type { Books } from './column-checks.ts';
import { compileFact, type CompiledFact } from './fact-compiler.ts';
import type { Place } from './fact-columns.ts';
import type { KeyHashes } from './key-hashes.ts';
import { KeyPieces } from './key-pieces.ts';
import type { Kind } from './kinds/kind.ts';
import type { Binding, RowCheck } from './row-check.ts';
import type { SourceRow, SpanBatch } from './rows.ts';
import type { SmallSum, Totals } from './totals.ts';

/** What stands before the columns of a fact: for the stage its place in the file, for the table what makes it a fact. */
export type Head = { readonly importId: bigint } | undefined;

/**
 * Facts or customers of one file as binary COPY rows. Rows take the fast way, from bytes to bytes; whatever is new or odd about a row
 * sends it through the row check as text, so that there is one judge of what is good and one place where faults are made.
 */
export class FactEncoder {
  readonly out = new BinaryRows();
  /** local day of the row encoded last, days since 1970-01-01; NaN for kinds without an instant */
  day = NaN;
  private readonly place: Place = {
    bytes: Buffer.alloc(0),
    view: new DataView(new ArrayBuffer(0)),
    starts: new Int32Array(0),
    ends: new Int32Array(0),
    row: 0,
    base: 0,
  };
  private batch: SpanBatch | undefined;
  private readonly fact: CompiledFact;
  private readonly keyPlaces: readonly number[];
  private ordinal = 0;
  /** of the amounts that `sums` take */
  private currencyCode = -1;
  private sums: readonly SmallSum[] = [];
  private readonly importWords: readonly [high: number, low: number];
  private readonly headNames: readonly string[];
  /** of facts; held for the table unless they go over the stage */
  readonly keys: KeyPieces;

  constructor(
    private readonly kind: Kind,
    binding: Binding,
    private readonly books: Books,
    file: string,
    private readonly check: RowCheck,
    private readonly totals: Totals,
    cells: CellBook | undefined,
    private readonly head: Head,
    private readonly hashes: KeyHashes,
  ) {
    this.fact = compileFact(kind, binding, books, file, this.place, this.out, cells);
    this.keys = new KeyPieces(head !== undefined);
    this.headNames = head === undefined ? ['ordinal', 'line'] : ['import_id', 'line']; // the sign is 1 by itself
    const importId = head?.importId ?? 0n;
    this.importWords = [Number(importId >> 32n), Number(BigInt.asIntN(32, importId))];
    this.keyPlaces = kind.key.map((name) => binding.places[kind.columns.findIndex((column) => column.name === name)]!);
  }

  /** Columns of a row in order, as COPY wants them named. */
  get columnNames(): readonly string[] {
    return [...this.headNames, ...this.fact.names];
  }

  /** the cell of the contact encoded last */
  get cellNo(): number {
    return this.fact.cell!.number;
  }

  /** seconds of the contact encoded last, NaN for none */
  get handleSeconds(): number {
    return this.fact.seconds?.taken ?? NaN;
  }

  /** Encodes one row of a batch; false when it was refused. */
  encode(batch: SpanBatch, r: number): boolean {
    const { place, out } = this;
    const base = r * batch.width;
    if (batch !== this.batch) this.begin(batch);
    place.row = r;
    place.base = base;
    this.ordinal++;
    const before = out.length;
    out.room(batch.ends[base + batch.width - 1]! - batch.starts[base]! + 2048);
    this.putHead(batch.lines[r]!);
    if (this.encodeFast()) {
      this.take();
      return true;
    }
    out.length = before;
    const fields: string[] = [];
    for (let c = 0; c < batch.width; c++) {
      fields.push(batch.bytes.toString('utf8', batch.starts[base + c]!, batch.ends[base + c]!));
    }
    return this.encodeText({ line: batch.lines[r]!, fields }, false);
  }

  private begin(batch: SpanBatch): void {
    const { place } = this;
    this.batch = batch;
    place.bytes = batch.bytes;
    place.view = viewOf(batch.bytes);
    place.starts = batch.starts;
    place.ends = batch.ends;
    for (const column of this.fact.columns) column.begin?.(batch);
  }

  private encodeFast(): boolean {
    const { steps, ruled } = this.fact;
    for (let c = 0; c < steps.length; c++) if (!steps[c]!()) return false;
    return !ruled();
  }

  /** Encodes one row from its texts; false when it was refused. */
  encodeText(source: SourceRow, counts = true): boolean {
    if (counts) this.ordinal++;
    const row = this.check.check(source);
    if (row === undefined) return false;
    const { out } = this;
    let size = 2048;
    for (const field of source.fields) size += field.length * 3;
    out.room(size);
    this.putHead(row.line);
    for (const column of this.fact.columns) column.slow(row);
    for (const column of this.fact.columns) column.learn?.(row);
    this.totals.add(row);
    this.day = row.instant?.day ?? NaN;
    if (this.takeCustomer()) return true;
    this.hashes.begin();
    for (const at of this.keyPlaces) {
      const key = Buffer.from(source.fields[at]!);
      this.hashes.mix(key, 0, key.length);
      this.keys.widen(viewOf(key), 0, key.length);
    }
    this.hashes.end();
    this.keys.add(this.hashes.a, this.hashes.b);
    return true;
  }

  private putHead(line: number): void {
    const { out, head, importWords } = this;
    out.int16(this.fact.names.length + this.headNames.length);
    if (head === undefined) out.putInt4(this.ordinal);
    else out.putWords(importWords[0], importWords[1]);
    if (head === undefined || this.kind.store === 'fact') out.putInt4(line);
    else out.putInt8(line);
  }

  /** Customers are told apart by the key that their table keeps anyhow. */
  private takeCustomer(): boolean {
    const { customer } = this.fact;
    if (customer === undefined) return false;
    this.hashes.add(customer.key.high, customer.key.low);
    return true;
  }

  /** Counts a row that went the fast way. */
  private take(): void {
    const { totals, place, hashes, keys, keyPlaces } = this;
    const { seconds, amounts, currency: currencyOf, instant } = this.fact;
    totals.rows++;
    if (seconds !== undefined && seconds.taken === seconds.taken) totals.addSeconds(seconds.taken);
    if (amounts.length > 0) {
      const code = currencyOf === undefined ? 0 : currencyOf.code();
      if (code !== this.currencyCode) {
        const currency = currencyOf === undefined ? this.books.currency : currencyOf.name(code);
        this.currencyCode = code;
        this.sums = amounts.map(({ name }) => totals.sumOf(name, currency));
      }
      for (let a = 0; a < amounts.length; a++) {
        const { taken } = amounts[a]!.column;
        if (taken === taken) this.sums[a]!.add(taken);
      }
    }
    if (instant !== undefined) this.day = instant.day;
    if (this.takeCustomer()) return;
    hashes.begin();
    for (let k = 0; k < keyPlaces.length; k++) {
      const start = place.starts[place.base + keyPlaces[k]!]!;
      const end = place.ends[place.base + keyPlaces[k]!]!;
      hashes.mix(place.bytes, start, end);
      keys.widen(place.view, start, end);
    }
    hashes.end();
    keys.add(hashes.a, hashes.b);
  }
}
