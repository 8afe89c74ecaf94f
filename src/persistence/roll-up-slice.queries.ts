import type { ClientBase } from 'pg';
import { enlarged } from '../domain/enlarged.ts';
import { addDays, firstDay, lastDay } from '../domain/period.ts';
import { dayNumber } from '../domain/retention/cohort.ts';
import type { ContactReading, KeyRange } from './close-inputs.queries.ts';
import { copyOutOf } from './copy-out.ts';
import type { Tx } from './database.ts';
import { streamPacks } from './retention-packs.queries.ts';
import { bucketOf } from './retention/customer-keys.ts';
import { dayOf, recordWords } from './retention/fact-packs.ts';
import type { CellTraits, RollUpKernel } from './roll-up/kernel.ts';
import { sql } from './sql.ts';

/** Customers that a kernel takes at a time. */
export interface Slice extends KeyRange {
  /** with the contacts that name no customer */
  readonly nameless: boolean;
  /** about so many contacts, for the kernel to make room */
  readonly expected: number;
}

/** A reading that is taken in slices. */
export interface SlicedReading extends ContactReading {
  /** whether any of its contacts may have been corrected */
  readonly corrected: boolean;
}

export async function slicedReading(tx: Tx, reading: ContactReading): Promise<SlicedReading> {
  const parameters = [...days(reading), reading.watermark];
  const [found] = (await tx.query(sql('any-corrected'), parameters)) as [{ corrected: boolean }];
  return { ...reading, corrected: found.corrected };
}

/** The contacts with a case, for several slices: a case may be of customers of each. */
export async function readCases(client: ClientBase, reading: SlicedReading, kernel: RollUpKernel): Promise<void> {
  const parameters = [...days(reading), reading.watermark, reading.corrected];
  await copyOutOf(client, sql('case-stream'), parameters, kernel.takeCase);
  kernel.endCases();
}

/** Runs a step; a benchmark measures what it takes. */
export type Around = <T>(step: () => Promise<T>) => Promise<T>;
const plainly: Around = (step) => step();

/** Streams the facts of a slice through a kernel, which adds them to its sums. @param exposures runs what exposures cost */
export async function readSlice(
  client: ClientBase,
  reading: SlicedReading,
  { from, to, nameless, expected }: Slice,
  kernel: RollUpKernel,
  exposures: Around = plainly,
): Promise<void> {
  kernel.begin(expected);
  const { watermark, patterns, corrected } = reading;
  const parameters = [...days(reading), watermark, patterns, from, to, nameless];
  const contacts = corrected ? sql('contact-stream') : sql('contact-stream-uncorrected');
  await copyOutOf(client, contacts, parameters, kernel.takeContact);
  await exposures(async () => {
    await readHits(client, reading, { from, to }, kernel);
    kernel.findCauses();
  });
  kernel.end();
}

/** The hits of a slice's customers, from packs: those of a few days and of some buckets of customers, of which others are left. */
async function readHits(
  client: ClientBase,
  { period, watermark, exposureRules: rules }: ContactReading,
  range: KeyRange,
  kernel: RollUpKernel,
): Promise<void> {
  if (rules.length === 0) return;
  const longest = Math.max(...rules.map((rule) => rule.days));
  const [first, last] = [firstDay(period), lastDay(period)];
  const zero = dayNumber(first);
  const earliest = addDays(first, -longest - 1);
  const [lowest, highest] = [dayNumber(earliest), dayNumber(last)];
  const isInside = insideOf(range);
  let words = new Int32Array(0);
  let into = Buffer.alloc(0);
  const packs = { from: earliest, until: last, mark: watermark };
  const buckets = [bucketOf(highOf(range.from)), bucketOf(highOf(range.to))] as const;
  await streamPacks(client, 'hit', packs, buckets, (row, at, size) => {
    if (into.length < size) {
      words = new Int32Array(size / 4);
      into = Buffer.from(words.buffer);
    }
    row.copy(into, 0, at, at + size);
    into.subarray(0, size).swap32();
    for (let place = 0; place < size / 4; place += recordWords('hit', words, place)) {
      const day = dayOf('hit', words, place);
      if (day >= lowest && day <= highest && isInside(words[place]!, words[place + 1]!))
        kernel.takeHit(words, place, day - zero);
    }
  });
}

const highOf = (key: bigint): number => Number(key >> 32n);

/** Whether a key of two words is of a range. */
function insideOf({ from, to }: KeyRange): (high: number, low: number) => boolean {
  const [fromHigh, toHigh] = [highOf(from), highOf(to)];
  const [fromLow, toLow] = [Number(from & 0xffff_ffffn), Number(to & 0xffff_ffffn)];
  return (high, low) =>
    (high > fromHigh || (high === fromHigh && low >>> 0 >= fromLow)) &&
    (high < toHigh || (high === toHigh && low >>> 0 <= toLow));
}

/** What the kernel asks of cells. */
export async function readCellTraits(client: ClientBase): Promise<CellTraits> {
  let [reasons, flags] = [new Int32Array(1024), new Uint8Array(1024)];
  const numbers = new Map<string, number>();
  await copyOutOf(client, sql('cell-traits'), [], (bytes, at) => {
    const cell = bytes.readInt32BE(at + 4);
    while (cell >= reasons.length) [reasons, flags] = [enlarged(reasons), enlarged(flags)];
    const reason = bytes.toString('utf8', at + 20, at + 20 + bytes.readInt32BE(at + 16));
    const number = numbers.get(reason) ?? numbers.size;
    if (number === numbers.size) numbers.set(reason, number);
    reasons[cell] = number;
    flags[cell] = bytes.readInt32BE(at + 12);
  });
  return { reasons, flags, reasonCount: numbers.size };
}

const days = ({ period }: ContactReading) => [firstDay(period), lastDay(period)] as const;
