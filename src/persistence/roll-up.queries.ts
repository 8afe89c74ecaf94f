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

/** Contacts that one slice of customers holds in memory: 32 bytes each, and as much again to sort them by customer. */
const SLICE = 16_000_000;
const KEYS = { least: -(2n ** 63n), greatest: 2n ** 63n - 1n } as const;

/**
 * Like contacts of a period, summed to integers: the roll-up of a close by its kernel road. The facts stream through once;
 * more contacts than a slice holds are taken in slices of customers, whose sums add up.
 * @param options.slices how many; @param options.only one range of customers, without contacts that name none
 */
export async function rollUp(
  tx: Tx,
  reading: ContactReading,
  options: { readonly slices?: number; readonly only?: KeyRange } = {},
): Promise<CellSum[]> {
  await planForWholeMonths(tx);
  const contacts = Number(await contactCount(tx, reading.period, reading.watermark));
  const kernel = new RollUpKernel(reading, await cellList(tx));
  const slices = options.slices ?? Math.ceil(Math.max(1, contacts) / SLICE);
  for (const [number, range] of keyRanges(options.only ?? { from: KEYS.least, to: KEYS.greatest }, slices).entries()) {
    kernel.begin(Math.ceil((contacts * 1.4) / slices)); // the days before the month, too
    await streamHits(tx, reading, range, kernel);
    await copyOut(
      tx,
      sql('contact-stream'),
      [...days(reading), reading.watermark, reading.patterns, range.from, range.to, number === 0 && !options.only],
      kernel.takeContact,
    );
    kernel.end();
  }
  return kernel.sums();
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

function keyRanges({ from, to }: KeyRange, count: number): KeyRange[] {
  const width = (to - from + 1n) / BigInt(count);
  return Array.from({ length: count }, (_, i) => ({
    from: from + BigInt(i) * width,
    to: i === count - 1 ? to : from + BigInt(i + 1) * width - 1n,
  }));
}
