import type { ClientBase } from 'pg';
import { enlarged } from '../domain/enlarged.ts';
import { addDays, firstDay, lastDay } from '../domain/period.ts';
import { dayNumber } from '../domain/retention/cohort.ts';
import type { ContactReading } from './close-inputs.queries.ts';
import { copyOutOf, type TakeRow } from './copy-out.ts';
import { streamPacks } from './retention-packs.queries.ts';
import { BUCKETS } from './retention/customer-keys.ts';
import { contactId, dayOf, recordWords, type PackedFact } from './retention/fact-packs.ts';
import { asideOf, type Aside, type Asides } from './roll-up/asides.ts';
import type { CellTraits, RollUpKernel } from './roll-up/kernel.ts';
import { sql } from './sql.ts';

/** Customers that a kernel takes at a time: those of some buckets of their keys, both ends included. */
export interface Slice {
  readonly buckets: readonly [first: number, last: number];
  /** with the contacts that name no customer */
  readonly isWithUnnamed: boolean;
  /** about so many contacts, for the kernel to make room */
  readonly expected: number;
}

/** Runs a step; a benchmark measures what it takes. */
export type Around = <T>(step: () => Promise<T>) => Promise<T>;
const plainly: Around = (step) => step();

/** A contact is a repeat of one at most seven days before, and of a local day more. */
const DAYS_BEFORE = 8;

/** Streams the facts of a slice through a kernel, which adds them to its sums. @param exposures runs what exposures cost */
export async function readSlice(
  client: ClientBase,
  reading: ContactReading,
  { buckets, isWithUnnamed, expected }: Slice,
  kernel: RollUpKernel,
  exposures: Around = plainly,
): Promise<void> {
  kernel.begin(expected);
  await readFacts(client, reading, 'contact', DAYS_BEFORE, buckets, (words, at, day) =>
    kernel.takeContact(words, at, day, true),
  );
  if (isWithUnnamed)
    await readFacts(client, reading, 'unnamed', DAYS_BEFORE, ALL, (words, at, day) =>
      kernel.takeContact(words, at, day, false),
    );
  await exposures(async () => {
    const { exposureRules: rules } = reading;
    const longest = Math.max(...rules.map((rule) => rule.days));
    if (rules.length > 0)
      await readFacts(client, reading, 'hit', longest + 1, buckets, (words, at, day) => kernel.takeHit(words, at, day));
    kernel.findCauses();
  });
  kernel.end();
}

const ALL = [0, BUCKETS - 1] as const;

/** Packed facts of a period and of some days before it. @param take a record begins at `at`; its day counts from the first of the month */
async function readFacts(
  client: ClientBase,
  { period, watermark }: ContactReading,
  fact: PackedFact,
  daysBefore: number,
  buckets: readonly [first: number, last: number],
  take: (words: Int32Array, at: number, day: number) => void,
): Promise<void> {
  const [first, last] = [firstDay(period), lastDay(period)];
  const zero = dayNumber(first);
  const earliest = addDays(first, -daysBefore);
  const highest = dayNumber(last) - zero;
  let words = new Int32Array(0);
  let into = Buffer.alloc(0);
  await streamPacks(client, fact, { from: earliest, until: last, mark: watermark }, buckets, (row, from, size) => {
    if (into.length < size) {
      words = new Int32Array(size / 4);
      into = Buffer.from(words.buffer);
    }
    row.copy(into, 0, from, from + size);
    into.subarray(0, size).swap32();
    for (let at = 0; at < size / 4; at += recordWords(fact, words, at)) {
      const day = dayOf(fact, words, at) - zero;
      if (day >= -daysBefore && day <= highest) take(words, at, day);
    }
  });
}

/** What no pack tells of a reading's contacts: which version stands, what their texts hit, and their segments. */
export async function readAsides(client: ClientBase, reading: ContactReading): Promise<Asides> {
  const { watermark, patterns } = reading;
  const parameters = [...days(reading), watermark];
  const asides = new Map<string, Aside>();
  const aside = (bytes: Buffer, at: number): Aside => asideOf(asides, textAt(bytes, at));
  const taken = new Set<string>();
  await readFacts(client, reading, 'taken', DAYS_BEFORE, ALL, (words, at) => taken.add(contactId(words, at)));
  const query = async (name: string, more: readonly (readonly string[])[], take: TakeRow) =>
    await copyOutOf(client, name, [...parameters, ...more], take);
  if (taken.size > 0)
    await query(sql('contact-standing'), [[...taken]], (bytes, at) => {
      aside(bytes, at).standing = bytes.readInt32BE(behind(bytes, at) + 8); // numbers of imports are below 2^31
    });
  if (patterns.length > 0)
    await query(sql('contact-text-hits'), [patterns], (bytes, at) => {
      const next = behind(bytes, at);
      const of = aside(bytes, at);
      of.hits ??= new Map();
      of.hits.set(bytes.readInt32BE(next + 8), bytes.readInt32BE(next + 16));
    });
  await query(sql('segment-stream'), [], (bytes, at) => {
    aside(bytes, at).segments = textAt(bytes, behind(bytes, at));
  });
  return asides;
}

/** A text of a row, behind its length. */
const textAt = (bytes: Buffer, at: number): string => bytes.toString('utf8', at + 4, behind(bytes, at));
/** Where the field behind a text begins. */
const behind = (bytes: Buffer, at: number): number => at + 4 + bytes.readInt32BE(at);

/** What the kernel asks of cells. */
export async function readCellTraits(client: ClientBase): Promise<CellTraits> {
  let [reasons, flags] = [new Int32Array(1024), new Uint8Array(1024)];
  const numbers = new Map<string, number>();
  await copyOutOf(client, sql('cell-traits'), [], (bytes, at) => {
    const flag = bytes.readInt32BE(at + 4);
    const cells = behind(bytes, at + 8);
    const reason = textAt(bytes, at + 8);
    const number = numbers.get(reason) ?? numbers.size;
    if (number === numbers.size) numbers.set(reason, number);
    for (let of = cells + 4; of < behind(bytes, cells); of += 4) {
      const cell = bytes.readInt32BE(of);
      while (cell >= reasons.length) [reasons, flags] = [enlarged(reasons), enlarged(flags)];
      reasons[cell] = number;
      flags[cell] = flag;
    }
  });
  return { reasons, flags, reasonCount: numbers.size };
}

const days = ({ period }: ContactReading) => [firstDay(period), lastDay(period)] as const;
