import { EPOCH_DAYS } from '../epoch.ts';
import { BUCKETS, bucketOf } from './customer-keys.ts';
import { hashText, textHash } from './text-hash.ts';

/** Contacts of customers, those that name none, and once more those that take one of either back; revenue; referrals; hits. */
export type PackedFact = 'contact' | 'unnamed' | 'taken' | 'revenue' | 'referral' | 'hit';

/** What a table's rows are packed as for retention and roll-ups. */
export const PACKED_AS = {
  contact: ['contact', 'unnamed', 'taken'],
  revenue: ['revenue', 'referral'],
  exposure: ['hit'],
} as const satisfies Readonly<Record<string, readonly PackedFact[]>>;
export type PackedTable = keyof typeof PACKED_AS;

export function isPacked(table: string): table is PackedTable {
  return table in PACKED_AS;
}

/** No day is later. */
const LATEST = 2 ** 30;
/** of a pack: a row of them fills a page of the database, where it lies as it is; more would be cut up and put together again */
const MOST_BYTES = 8080;
/** Bytes of a record, and where the length of its text stands that comes behind these. */
const CONTACT = { bytes: 36, length: 8 } as const;
const CASE_BYTES = 8;
const HIT = { bytes: 28, length: 6 } as const;
const [REVENUE_BYTES, REFERRAL_BYTES] = [32, 32];
/** Place of the day among a record's words; of revenue it is there twice, and perhaps one more. */
const DAY = 4;
/** Kinds of revenue are told apart by the lengths of their names, and two of eight letters by their first. */
const LENGTH = { fee: 3, renewal: 7, purchaseOrReferral: 8, expansion: 9 } as const;
const R = 'r'.charCodeAt(0);

/** Records of facts, one behind the other, of customers of one bucket. */
export interface FactPack {
  readonly fact: PackedFact;
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

/** Records of one fact on their way into packs: each bucket has a part, and there its count of bytes, of facts, and its days. */
class PackParts {
  readonly to = new DataView(new ArrayBuffer(BUCKETS * MOST_BYTES));
  private readonly lengths = new Int32Array(BUCKETS);
  private readonly facts = new Int32Array(BUCKETS);
  private readonly firstDays = new Int32Array(BUCKETS).fill(LATEST);
  private readonly lastDays = new Int32Array(BUCKETS).fill(-LATEST);

  constructor(
    private readonly fact: PackedFact,
    private readonly takePack: TakePack,
  ) {}

  /** Begins a record with what all begin with: key and instant as they stand in a row; a key at 0 is none. @returns where to put the rest, in `to` */
  begin(size: number, from: DataView, key: number, instant: number, day: number): number {
    const { to, lengths } = this;
    const high = key === 0 ? 0 : from.getInt32(key);
    const bucket = bucketOf(high);
    if (lengths[bucket]! + size > MOST_BYTES) this.end(bucket);
    const at = bucket * MOST_BYTES + lengths[bucket]!;
    lengths[bucket]! += size;
    this.facts[bucket]!++;
    if (day < this.firstDays[bucket]!) this.firstDays[bucket] = day;
    if (day > this.lastDays[bucket]!) this.lastDays[bucket] = day;
    to.setInt32(at, high);
    to.setInt32(at + 4, key === 0 ? 0 : from.getInt32(key + 4));
    to.setInt32(at + 8, from.getInt32(instant));
    to.setInt32(at + 12, from.getInt32(instant + 4));
    return at + 16;
  }

  /** Puts a text, and zeros up to a whole word. */
  putText(at: number, from: DataView, text: number, length: number): void {
    const { to } = this;
    const end = text + length;
    let put = at;
    let place = text;
    for (; place + 4 <= end; place += 4, put += 4) to.setInt32(put, from.getInt32(place));
    if (place === end) return;
    let word = 0;
    for (let i = 0; i < 4; i++) word = (word << 8) | (place + i < end ? from.getUint8(place + i) : 0);
    to.setInt32(put, word);
  }

  /** Hands a bucket's records on as a pack. */
  private end(bucket: number): void {
    const { fact, lengths, facts, firstDays, lastDays } = this;
    this.takePack({
      ...{ fact, bucket },
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

/**
 * New facts, as a binary COPY carries them, in the records that retention and roll-ups read:
 * 118-retention-packs.sql, 122-hit-and-referral-packs.sql and 123-contacts-rolled-up-from-packs.sql say how these look, and
 * make the same of rows in the database. Left out is what nobody reads packed: fees, and events that carry a decision.
 */
export abstract class FactPacks {
  private readonly columns: readonly string[];
  private bytes: Buffer = Buffer.alloc(0);
  /** of the row that is taken */
  protected from: DataView = new DataView(new ArrayBuffer(0));
  /** where its fields begin, with their lengths */
  protected readonly starts: Int32Array;

  protected constructor(columns: readonly string[]) {
    this.columns = columns;
    this.starts = new Int32Array(columns.length);
  }

  /** @param columns of the COPY, in their order */
  static of(table: PackedTable, columns: readonly string[], takePack: TakePack): FactPacks {
    if (table === 'contact') return new ContactPacks(columns, takePack);
    return table === 'exposure' ? new HitPacks(columns, takePack) : new RevenuePacks(columns, takePack);
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

  /** Hands on what is left. */
  abstract endAll(): void;

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
}

class ContactPacks extends FactPacks {
  private readonly named: PackParts;
  private readonly unnamed: PackParts;
  private readonly key = this.fieldOf('customer_key');
  private readonly customer = this.fieldOf('customer_id');
  private readonly instant = this.fieldOf('started_at');
  private readonly day = this.fieldOf('started_on');
  private readonly cell = this.fieldOf('cell_no');
  private readonly importId = this.fieldOf('import_id');
  private readonly seconds = this.fieldOf('handle_seconds');
  private readonly id = this.fieldOf('contact_id');
  private readonly case = this.fieldOf('case_id');

  constructor(columns: readonly string[], takePack: TakePack) {
    super(columns);
    this.named = new PackParts('contact', takePack);
    this.unnamed = new PackParts('unnamed', takePack);
  }

  protected override put(): void {
    const { from } = this;
    const isNamed = this.has(this.customer); // on a cluster it has a key all the same
    const parts = isNamed ? this.named : this.unnamed;
    const id = this.valueOf(this.id);
    const length = from.getInt32(id - 4);
    const idBytes = (length + 3) & -4;
    const hasCase = this.has(this.case);
    const day = from.getInt32(this.valueOf(this.day)) + EPOCH_DAYS;
    const size = CONTACT.bytes + idBytes + (hasCase ? CASE_BYTES : 0);
    const at = parts.begin(size, from, isNamed ? this.valueOf(this.key) : 0, this.valueOf(this.instant), day);
    const { to } = parts;
    to.setInt32(at, day);
    to.setInt32(at + 4, from.getInt32(this.valueOf(this.cell)));
    to.setInt32(at + 8, from.getInt32(this.valueOf(this.importId) + 4));
    to.setInt32(at + 12, this.has(this.seconds) ? from.getInt32(this.valueOf(this.seconds)) : -1);
    to.setInt32(at + 16, 2 * length + (hasCase ? 1 : 0));
    parts.putText(at + 20, from, id, length);
    if (!hasCase) return;
    const name = this.valueOf(this.case);
    hashText(from, name, from.getInt32(name - 4));
    to.setInt32(at + 20 + idBytes, textHash.high);
    to.setInt32(at + 24 + idBytes, textHash.low);
  }

  override endAll(): void {
    this.named.endAll();
    this.unnamed.endAll();
  }
}

class HitPacks extends FactPacks {
  private readonly parts: PackParts;
  private readonly key = this.fieldOf('customer_key');
  private readonly instant = this.fieldOf('occurred_at');
  private readonly day = this.fieldOf('occurred_on');
  private readonly decision = this.fieldOf('decision_code');

  constructor(columns: readonly string[], takePack: TakePack) {
    super(columns);
    this.parts = new PackParts('hit', takePack);
  }

  protected override put(): void {
    const { from, parts } = this;
    const code = this.valueOf(this.decision);
    const length = from.getInt32(code - 4);
    const day = from.getInt32(this.valueOf(this.day)) + EPOCH_DAYS;
    const size = HIT.bytes + ((length + 3) & -4);
    const at = parts.begin(size, from, this.valueOf(this.key), this.valueOf(this.instant), day);
    parts.to.setInt32(at, day);
    parts.to.setInt32(at + 4, 1);
    parts.to.setInt32(at + 8, length);
    parts.putText(at + 12, from, code, length);
  }

  override endAll(): void {
    this.parts.endAll();
  }
}

class RevenuePacks extends FactPacks {
  private readonly events: PackParts;
  private readonly referrals: PackParts;
  private readonly key = this.fieldOf('customer_key');
  private readonly instant = this.fieldOf('occurred_at');
  private readonly day = this.fieldOf('occurred_on');
  private readonly kind = this.fieldOf('kind');
  private readonly currency = this.fieldOf('currency');
  private readonly margin = this.fieldOf('margin_minor');
  private readonly amount = this.fieldOf('amount_minor');
  private readonly decision = this.fieldOf('decision_code');
  private readonly referred = this.fieldOf('referred_customer_key');

  constructor(columns: readonly string[], takePack: TakePack) {
    super(columns);
    this.events = new PackParts('revenue', takePack);
    this.referrals = new PackParts('referral', takePack);
  }

  protected override put(): void {
    const { from } = this;
    const kind = this.valueOf(this.kind);
    const letters = from.getInt32(kind - 4);
    if (letters === LENGTH.purchaseOrReferral && from.getUint8(kind) === R) return this.putReferral();
    if (letters === LENGTH.fee || this.has(this.decision)) return;
    const day = from.getInt32(this.valueOf(this.day)) + EPOCH_DAYS;
    const isSale = letters >= LENGTH.renewal && letters <= LENGTH.expansion;
    const isStated = this.has(this.margin);
    const value = this.valueOf(isStated ? this.margin : this.amount);
    const at = this.events.begin(REVENUE_BYTES, from, this.valueOf(this.key), this.valueOf(this.instant), day);
    const { to } = this.events;
    to.setInt32(at, 2 * day + (isSale ? 1 : 0));
    const currency = this.valueOf(this.currency);
    const code = lettersCode(from.getUint8(currency), from.getUint8(currency + 1), from.getUint8(currency + 2));
    to.setInt32(at + 4, 2 * code + (isStated ? 1 : 0));
    to.setInt32(at + 8, from.getInt32(value));
    to.setInt32(at + 12, from.getInt32(value + 4));
  }

  private putReferral(): void {
    const { from } = this;
    if (!this.has(this.referred)) return;
    const day = from.getInt32(this.valueOf(this.day)) + EPOCH_DAYS;
    const at = this.referrals.begin(REFERRAL_BYTES, from, this.valueOf(this.key), this.valueOf(this.instant), day);
    const { to } = this.referrals;
    const came = this.valueOf(this.referred);
    to.setInt32(at, day);
    to.setInt32(at + 4, 1);
    to.setInt32(at + 8, from.getInt32(came));
    to.setInt32(at + 12, from.getInt32(came + 4));
  }

  override endAll(): void {
    this.events.endAll();
    this.referrals.endAll();
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
  if (fact === 'revenue') return REVENUE_BYTES / 4;
  if (fact === 'referral') return REFERRAL_BYTES / 4;
  if (fact === 'hit') return HIT.bytes / 4 + ((words[at + HIT.length]! + 3) >> 2);
  return contactRecordWords(words[at + CONTACT.length]!);
}

/** Words of a contact's record by the one that tells the length of its id, and whether it has a case. */
export function contactRecordWords(length: number): number {
  return CONTACT.bytes / 4 + ((length + 6) >> 3) + (length & 1) * (CASE_BYTES / 4);
}

/** Id of the contact whose record begins at a place. */
export function contactId(words: Int32Array, at: number): string {
  const length = words[at + CONTACT.length]! >> 1;
  const bytes = Buffer.alloc((length + 3) & -4);
  for (let i = 0; i < bytes.length; i += 4) bytes.writeInt32BE(words[at + CONTACT.length + 1 + i / 4]!, i);
  return bytes.toString('utf8', 0, length);
}

/** Its day, since 1970. */
export function dayOf(fact: PackedFact, words: Int32Array, at: number): number {
  return fact === 'revenue' ? words[at + DAY]! >> 1 : words[at + DAY]!;
}
