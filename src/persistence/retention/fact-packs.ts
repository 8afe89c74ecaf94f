import { EPOCH_DAYS } from '../epoch.ts';
import { BUCKETS, bucketOf } from './customer-keys.ts';

export type PackedFact = 'contact' | 'revenue';

/** Whether a table's rows are packed for retention. */
export function isPacked(table: string): table is PackedFact {
  return table === 'contact' || table === 'revenue';
}

/** No day is later. */
const LATEST = 2 ** 30;
/** of a pack: a row of them fills a page of the database, where it lies as it is; more would be cut up and put together again */
const MOST_BYTES = 8080;
/** without the id */
const CONTACT_BYTES = 36;
const REVENUE_BYTES = 32;
/** Places of words in a record: the day, of revenue twice and perhaps one more; the length of a contact's id. */
const DAY = 4;
const ID_LENGTH = 8;
/** Kinds of revenue are told apart by the lengths of their names, and two of eight letters by their first. */
const LENGTH = { fee: 3, renewal: 7, purchaseOrReferral: 8, expansion: 9 } as const;
const R = 'r'.charCodeAt(0);

/** Records of facts, one behind the other, of customers of one bucket. */
export interface FactPack {
  readonly bucket: number;
  readonly facts: number;
  /** least and greatest day, since 1970 */
  readonly firstDay: number;
  readonly lastDay: number;
  /** highest byte first; good until the next pack is full */
  readonly records: Uint8Array;
}

/** Takes a pack that is full, at once. */
export type TakePack = (pack: FactPack) => void;

/**
 * New facts, as a binary COPY carries them, in the records that retention reads: 118-retention-packs.sql says how these
 * look, and makes the same of rows in the database. Left out is what retention does not read: contacts without customer,
 * fees, referrals and what carries a decision.
 */
export abstract class FactPacks {
  private readonly columns: readonly string[];
  private bytes: Buffer = Buffer.alloc(0);
  /** of the row that is taken */
  protected from: DataView = new DataView(new ArrayBuffer(0));
  /** where its fields begin, with their lengths */
  protected readonly starts: Int32Array;
  /** where records are put: each bucket has a part, and there its count of bytes, of facts, and its days */
  protected readonly to = new DataView(new ArrayBuffer(BUCKETS * MOST_BYTES));
  private readonly lengths = new Int32Array(BUCKETS);
  private readonly facts = new Int32Array(BUCKETS);
  private readonly firstDays = new Int32Array(BUCKETS).fill(LATEST);
  private readonly lastDays = new Int32Array(BUCKETS).fill(-LATEST);

  protected constructor(
    columns: readonly string[],
    private readonly takePack: TakePack,
  ) {
    this.columns = columns;
    this.starts = new Int32Array(columns.length);
  }

  /** @param columns of the COPY, in their order */
  static of(fact: PackedFact, columns: readonly string[], takePack: TakePack): FactPacks {
    return fact === 'contact' ? new ContactPacks(columns, takePack) : new RevenuePacks(columns, takePack);
  }

  /** Takes a row whose sign is 1. @param at behind its count of fields */
  take(bytes: Buffer, at: number): void {
    const { starts } = this;
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.from = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const { from } = this;
    let place = at;
    for (let field = 0; field < starts.length; field++) {
      starts[field] = place;
      const length = from.getInt32(place);
      place += length > 0 ? length + 4 : 4;
    }
    this.put();
  }

  /** Puts the record of the row that is taken. */
  protected abstract put(): void;

  protected fieldOf(column: string): number {
    return this.columns.indexOf(column);
  }

  /** Whether the row has a value. */
  protected has(field: number): boolean {
    return field >= 0 && this.from.getInt32(this.starts[field]!) >= 0;
  }

  /** Place of a value that the row has. */
  protected valueOf(field: number): number {
    return this.starts[field]! + 4;
  }

  /** Begins a record with what all begin with. @returns where to put the rest, in `to` */
  protected begin(size: number, key: number, instant: number, day: number): number {
    const { from, to, lengths } = this;
    const high = from.getInt32(key);
    const bucket = bucketOf(high);
    if (lengths[bucket]! + size > MOST_BYTES) this.end(bucket);
    const at = bucket * MOST_BYTES + lengths[bucket]!;
    lengths[bucket]! += size;
    this.facts[bucket]!++;
    if (day < this.firstDays[bucket]!) this.firstDays[bucket] = day;
    if (day > this.lastDays[bucket]!) this.lastDays[bucket] = day;
    to.setInt32(at, high);
    to.setInt32(at + 4, from.getInt32(key + 4));
    to.setInt32(at + 8, from.getInt32(instant));
    to.setInt32(at + 12, from.getInt32(instant + 4));
    return at + 16;
  }

  /** Hands a bucket's records on as a pack. */
  private end(bucket: number): void {
    const { lengths, facts, firstDays, lastDays } = this;
    this.takePack({
      bucket,
      facts: facts[bucket]!,
      firstDay: firstDays[bucket]!,
      lastDay: lastDays[bucket]!,
      records: new Uint8Array(this.to.buffer, bucket * MOST_BYTES, lengths[bucket]),
    });
    [lengths[bucket], facts[bucket], firstDays[bucket], lastDays[bucket]] = [0, 0, LATEST, -LATEST];
  }

  /** Hands on what is left. */
  endAll(): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) if (this.facts[bucket]! > 0) this.end(bucket);
  }
}

class ContactPacks extends FactPacks {
  private readonly key = this.fieldOf('customer_key');
  private readonly customer = this.fieldOf('customer_id');
  private readonly instant = this.fieldOf('started_at');
  private readonly day = this.fieldOf('started_on');
  private readonly cell = this.fieldOf('cell_no');
  private readonly importId = this.fieldOf('import_id');
  private readonly seconds = this.fieldOf('handle_seconds');
  private readonly id = this.fieldOf('contact_id');

  constructor(columns: readonly string[], takePack: TakePack) {
    super(columns, takePack);
  }

  protected override put(): void {
    if (!this.has(this.customer)) return; // on a cluster it has a key all the same
    const { from } = this;
    const id = this.valueOf(this.id);
    const length = from.getInt32(id - 4);
    const day = from.getInt32(this.valueOf(this.day)) + EPOCH_DAYS;
    const size = CONTACT_BYTES + ((length + 3) & -4);
    const at = this.begin(size, this.valueOf(this.key), this.valueOf(this.instant), day);
    const { to } = this;
    to.setInt32(at, day);
    to.setInt32(at + 4, from.getInt32(this.valueOf(this.cell)));
    to.setInt32(at + 8, from.getInt32(this.valueOf(this.importId) + 4));
    to.setInt32(at + 12, this.has(this.seconds) ? from.getInt32(this.valueOf(this.seconds)) : -1);
    to.setInt32(at + 16, length);
    const end = id + length;
    let put = at + 20;
    let place = id;
    for (; place + 4 <= end; place += 4, put += 4) to.setInt32(put, from.getInt32(place));
    if (place === end) return;
    let word = 0;
    for (let i = 0; i < 4; i++) word = (word << 8) | (place + i < end ? from.getUint8(place + i) : 0);
    to.setInt32(put, word);
  }
}

class RevenuePacks extends FactPacks {
  private readonly key = this.fieldOf('customer_key');
  private readonly instant = this.fieldOf('occurred_at');
  private readonly day = this.fieldOf('occurred_on');
  private readonly kind = this.fieldOf('kind');
  private readonly currency = this.fieldOf('currency');
  private readonly margin = this.fieldOf('margin_minor');
  private readonly amount = this.fieldOf('amount_minor');
  private readonly decision = this.fieldOf('decision_code');

  constructor(columns: readonly string[], takePack: TakePack) {
    super(columns, takePack);
  }

  protected override put(): void {
    const { from } = this;
    const kind = this.valueOf(this.kind);
    const letters = from.getInt32(kind - 4);
    const isReferral = letters === LENGTH.purchaseOrReferral && from.getUint8(kind) === R;
    if (letters === LENGTH.fee || isReferral || this.has(this.decision)) return;
    const day = from.getInt32(this.valueOf(this.day)) + EPOCH_DAYS;
    const isSale = letters >= LENGTH.renewal && letters <= LENGTH.expansion;
    const isStated = this.has(this.margin);
    const value = this.valueOf(isStated ? this.margin : this.amount);
    const at = this.begin(REVENUE_BYTES, this.valueOf(this.key), this.valueOf(this.instant), day);
    const { to } = this;
    to.setInt32(at, 2 * day + (isSale ? 1 : 0));
    const currency = this.valueOf(this.currency);
    const code = lettersCode(from.getUint8(currency), from.getUint8(currency + 1), from.getUint8(currency + 2));
    to.setInt32(at + 4, 2 * code + (isStated ? 1 : 0));
    to.setInt32(at + 8, from.getInt32(value));
    to.setInt32(at + 12, from.getInt32(value + 4));
  }
}

const LETTER_BITS = 5;
const BEFORE_A = 'A'.charCodeAt(0) - 1;

/** Three letters of a currency as a number. */
function lettersCode(first: number, second: number, third: number): number {
  return ((first - BEFORE_A) << (2 * LETTER_BITS)) | ((second - BEFORE_A) << LETTER_BITS) | (third - BEFORE_A);
}

/** A currency as records have it. */
export function currencyCode(currency: string): number {
  return lettersCode(currency.charCodeAt(0), currency.charCodeAt(1), currency.charCodeAt(2));
}

/** The currency of its code. */
export function currencyOf(code: number): string {
  const letter = (place: number): number => ((code >> (place * LETTER_BITS)) & (2 ** LETTER_BITS - 1)) + BEFORE_A;
  return String.fromCharCode(letter(2), letter(1), letter(0));
}

/** Words of the record that begins at a place. */
export function recordWords(fact: PackedFact, words: Int32Array, at: number): number {
  return fact === 'revenue' ? REVENUE_BYTES / 4 : CONTACT_BYTES / 4 + Math.ceil(words[at + ID_LENGTH]! / 4);
}

/** Its day, since 1970. */
export function dayOf(fact: PackedFact, words: Int32Array, at: number): number {
  return fact === 'revenue' ? words[at + DAY]! >> 1 : words[at + DAY]!;
}
