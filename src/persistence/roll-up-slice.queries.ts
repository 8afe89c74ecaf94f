import type { ClientBase } from 'pg';
import { firstDay, lastDay } from '../domain/period.ts';
import type { ContactReading, KeyRange } from './close-inputs.queries.ts';
import { copyOutOf } from './copy-out.ts';
import type { Tx } from './database.ts';
import type { RollUpKernel } from './roll-up/kernel.ts';
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
  await exposures(() => readHits(client, reading, { from, to }, kernel));
  const { watermark, patterns, corrected } = reading;
  const parameters = [...days(reading), watermark, patterns, from, to, nameless, corrected];
  await copyOutOf(client, sql('contact-stream'), parameters, kernel.takeContact);
  await exposures(() => Promise.resolve(kernel.findCauses()));
  kernel.end();
}

async function readHits(
  client: ClientBase,
  reading: ContactReading,
  range: KeyRange,
  kernel: RollUpKernel,
): Promise<void> {
  const { exposureRules: rules } = reading;
  if (rules.length === 0) return;
  const longest = Math.max(...rules.map((rule) => rule.days));
  const decisions = rules.some((rule) => rule.decisions === null) ? null : rules.flatMap((rule) => rule.decisions!);
  const parameters = [...days(reading), reading.watermark, longest, decisions, range.from, range.to];
  await copyOutOf(client, sql('exposure-stream'), parameters, kernel.takeHit);
}

const days = ({ period }: ContactReading) => [firstDay(period), lastDay(period)] as const;
