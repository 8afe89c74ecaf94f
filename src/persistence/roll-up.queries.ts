import type { PoolClient } from 'pg';
import {
  contactCount,
  planForWholeMonths,
  type CellSum,
  type ContactReading,
  type KeyRange,
} from './close-inputs.queries.ts';
import { threadsOf, type Tx } from './database.ts';
import {
  readCases,
  readCellTraits,
  readSlice,
  slicedReading,
  type Around,
  type Slice,
} from './roll-up-slice.queries.ts';
import { RollUpKernel, type KernelStart } from './roll-up/kernel.ts';
import { RollUpThread, type SameView } from './roll-up/threads.ts';

/** Contacts that the slices being worked on hold in memory: 36 bytes each, 4 more to sort them by customer. */
const IN_MEMORY = 16_000_000;
/** Fewer contacts than this are not worth a thread: it takes a connection and a tenth of a second to begin. */
const WORTH_A_THREAD = 500_000;
const LEAST_KEY = -(2n ** 63n);
const GREATEST_KEY = 2n ** 63n - 1n;

export interface RollUp {
  readonly sums: readonly CellSum[];
  /** of the sampled customers' contacts alone; empty without a sample */
  readonly sample: readonly CellSum[];
}

/**
 * Like contacts of a period, summed to integers: the roll-up of a close by its kernel road. The facts stream through once;
 * more contacts than memory is for are taken in slices of customers, several of them at a time where threads are allowed:
 * their sums add up in any order.
 * @param options.slices how many @param options.threads how many, also for few contacts
 * @param options.sample customers to be summed apart, too: whole multiples of 2^32
 * @param options.exposures runs what exposures cost of it, but for what other threads do
 * @throws Error when a thread fails
 */
export async function rollUp(
  tx: Tx,
  reading: ContactReading,
  options: {
    readonly slices?: number;
    readonly threads?: number;
    readonly sample?: KeyRange | undefined;
    readonly exposures?: Around;
  } = {},
): Promise<RollUp> {
  await planForWholeMonths(tx);
  const client = (await tx.queryRunner!.connect()) as PoolClient;
  const contacts = Number(await contactCount(tx, reading.period, reading.watermark));
  const { sample } = options;
  const start: KernelStart = {
    reading,
    traits: await readCellTraits(client),
    sample: sample && { from: Number(sample.from >> 32n), to: Number(sample.to >> 32n) },
  };
  const kernel = new RollUpKernel(start);
  const sliced = await slicedReading(tx, reading);
  const allowed = threadsOf(tx);
  const threads = allowed
    ? Math.max(1, options.threads ?? Math.min(allowed.threads, Math.floor(contacts / WORTH_A_THREAD)))
    : 1;
  const slices = slicesOf(options.slices ?? Math.max(threads, Math.ceil((contacts * threads) / IN_MEMORY)), contacts);
  if (slices.length > 1) await readCases(client, sliced, kernel);
  const shares = Array.from({ length: Math.min(threads, slices.length) }, (_, thread) =>
    slices.filter((_slice, number) => number % threads === thread),
  );
  const read = async (own: readonly Slice[]): Promise<void> => {
    for (const slice of own) await readSlice(client, sliced, slice, kernel, options.exposures);
  };
  if (shares.length > 1) {
    const common = { url: allowed!.url, view: await viewOf(tx, reading), reading: sliced };
    const task = { ...common, start: { ...start, cases: kernel.takenCases() } };
    await besideThreads(
      shares.slice(1).map((own) => ({ ...task, slices: own })),
      kernel,
      read,
      shares[0]!,
    );
  } else await read(slices);
  return { sums: kernel.sums(), sample: kernel.sampleSums() };
}

/** Reads the own slices while threads read theirs, whose sums are then added. */
async function besideThreads(
  tasks: readonly RollUpThread['task'][],
  kernel: RollUpKernel,
  read: (slices: readonly Slice[]) => Promise<void>,
  own: readonly Slice[],
): Promise<void> {
  const threads = tasks.map((task) => new RollUpThread(task));
  try {
    await read(own);
    for (const thread of threads) {
      const answer = await thread.answer;
      if (answer.is === 'sums') kernel.addTaken(answer.sums);
      else await read(thread.task.slices);
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

async function viewOf(tx: Tx, { watermark }: ContactReading): Promise<SameView> {
  const [view] = (await tx.query(
    `select pg_export_snapshot() as snapshot, current_user::text as role, coalesce(current_setting('app.units', true), '') as units,
       coalesce(current_setting('app.user', true), '') as "user", (select count(*)::text from import where import_id <= $1) as imports`,
    [watermark],
  )) as [SameView];
  return view;
}

/** Unbroken stretches of the customers' keys, which are hashes: slices are about equal. */
function slicesOf(count: number, contacts: number): Slice[] {
  const width = 2n ** 64n / BigInt(count);
  return Array.from({ length: count }, (_, i) => ({
    from: LEAST_KEY + BigInt(i) * width,
    to: i === count - 1 ? GREATEST_KEY : LEAST_KEY + BigInt(i + 1) * width - 1n,
    nameless: i === 0,
    expected: Math.ceil((contacts * 1.4) / count), // the days before the month, too
  }));
}
