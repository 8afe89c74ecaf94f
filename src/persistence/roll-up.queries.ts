import { firstDay, lastDay } from '../domain/period.ts';
import {
  cellList,
  contactCount,
  planForWholeMonths,
  type CellSum,
  type ContactReading,
  type KeyRange,
} from './close-inputs.queries.ts';
import { copyOut } from './copy-out.ts';
import type { Tx } from './database.ts';
import { RollUpKernel } from './roll-up/kernel.ts';
import { sql } from './sql.ts';

/** Contacts that one slice of customers holds in memory: 36 bytes each, 4 more to sort them by customer. */
const SLICE = 16_000_000;
const LEAST_KEY = -(2n ** 63n);
const GREATEST_KEY = 2n ** 63n - 1n;

export interface RollUp {
  readonly sums: readonly CellSum[];
  /** of the sampled customers' contacts alone; empty without a sample */
  readonly sample: readonly CellSum[];
}

/**
 * Like contacts of a period, summed to integers: the roll-up of a close by its kernel road. The facts stream through once;
 * more contacts than a slice holds are taken in slices of customers, whose sums add up.
 * @param options.slices how many @param options.sample customers to be summed apart, too: whole multiples of 2^32
 */
export async function rollUp(
  tx: Tx,
  reading: ContactReading,
  options: { readonly slices?: number; readonly sample?: KeyRange | undefined } = {},
): Promise<RollUp> {
  await planForWholeMonths(tx);
  const contacts = Number(await contactCount(tx, reading.period, reading.watermark));
  const { sample } = options;
  const kernel = new RollUpKernel(
    reading,
    await cellList(tx),
    sample && { from: Number(sample.from >> 32n), to: Number(sample.to >> 32n) },
  );
  await copyOut(tx, sql('case-stream'), [...days(reading), reading.watermark], kernel.takeCase);
  kernel.endCases();
  const slices = options.slices ?? Math.ceil(Math.max(1, contacts) / SLICE);
  for (const [number, { from, to }] of keyRanges(slices).entries()) {
    kernel.begin(Math.ceil((contacts * 1.4) / slices)); // the days before the month, too
    await streamHits(tx, reading, { from, to }, kernel);
    await copyOut(
      tx,
      sql('contact-stream'),
      [...days(reading), reading.watermark, reading.patterns, from, to, number === 0],
      kernel.takeContact,
    );
    kernel.end();
  }
  return { sums: kernel.sums(), sample: kernel.sampleSums() };
}

async function streamHits(tx: Tx, reading: ContactReading, range: KeyRange, kernel: RollUpKernel): Promise<void> {
  const { exposureRules: rules } = reading;
  if (rules.length === 0) return;
  const longest = Math.max(...rules.map((rule) => rule.days));
  const decisions = rules.some((rule) => rule.decisions === null) ? null : rules.flatMap((rule) => rule.decisions!);
  const parameters = [...days(reading), reading.watermark, longest, decisions, range.from, range.to];
  await copyOut(tx, sql('exposure-stream'), parameters, kernel.takeHit);
}

const days = ({ period }: ContactReading) => [firstDay(period), lastDay(period)] as const;

function keyRanges(count: number): KeyRange[] {
  const width = 2n ** 64n / BigInt(count);
  return Array.from({ length: count }, (_, i) => ({
    from: LEAST_KEY + BigInt(i) * width,
    to: i === count - 1 ? GREATEST_KEY : LEAST_KEY + BigInt(i + 1) * width - 1n,
  }));
}
