import { firstDay, lastDay } from '../domain/period.ts';
import { planForWholeMonths, type CellSum, type ContactReading, type KeyRange } from './close-inputs.queries.ts';
import { clientOf } from './client.ts';
import { threadsOf, type Tx } from './database.ts';
import { packedFacts } from './retention-packs.queries.ts';
import { BUCKETS } from './retention/customer-keys.ts';
import { readAsides, readCellTraits, readSlice, type Around, type Slice } from './roll-up-slice.queries.ts';
import { RollUpKernel, type KernelStart } from './roll-up/kernel.ts';
import { RollUpThread, type SameView } from './roll-up/threads.ts';

/** Contacts of a slice: few enough to stay near the processor, enough to be worth their queries. */
const SLICE = 60_000;
/**
 * Fewer contacts than this are not worth a thread: it takes a connection, and its code begins slowly, which costs most of a
 * second of CPU. From two times as many on, two threads cost a tenth more than one.
 */
const WORTH_A_THREAD = 7_000_000;

export interface RollUp {
  readonly sums: readonly CellSum[];
  /** of the sampled customers' contacts alone; empty without a sample */
  readonly sample: readonly CellSum[];
}

/**
 * Like contacts of a period, summed to integers: the roll-up of a close by its kernel road. The facts stream through once,
 * as imports packed them, in slices of customers, several of these at a time where threads are allowed: their sums add up
 * in any order.
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
  const client = await clientOf(tx);
  const contacts = await packedContacts(tx, reading);
  const { sample } = options;
  const start: KernelStart = {
    reading,
    traits: await readCellTraits(client),
    sample: sample && { from: Number(sample.from >> 32n), to: Number(sample.to >> 32n) },
    asides: await readAsides(client, reading),
  };
  const kernel = new RollUpKernel(start);
  const allowed = threadsOf(tx);
  const threads = allowed
    ? Math.max(1, options.threads ?? Math.min(allowed.threads ?? 1, Math.floor(contacts / WORTH_A_THREAD)))
    : 1;
  const slices = slicesOf(options.slices ?? Math.max(threads, Math.ceil(contacts / SLICE)), contacts);
  const shares = Array.from({ length: Math.min(threads, slices.length) }, (_, thread) =>
    slices.filter((_slice, number) => number % threads === thread),
  );
  const read = async (own: readonly Slice[]): Promise<void> => {
    for (const slice of own) await readSlice(client, reading, slice, kernel, options.exposures);
  };
  if (shares.length > 1) {
    const task = { url: allowed!.url, view: await viewOf(tx, reading), reading, start };
    await besideThreads(
      shares.slice(1).map((own) => ({ ...task, slices: own })),
      kernel,
      read,
      shares[0]!,
    );
  } else await read(slices);
  kernel.endCases();
  return { sums: kernel.sums(), sample: kernel.sampleSums() };
}

/** About how many contacts of customers a reading takes: those of packs that reach beyond the month count, too. */
async function packedContacts(tx: Tx, { period, watermark: mark }: ContactReading): Promise<number> {
  return await packedFacts(tx, 'contact', { from: firstDay(period), until: lastDay(period), mark });
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

/** Stretches of the buckets of customers' keys, which are hashes: slices are about equal. */
function slicesOf(wanted: number, contacts: number): Slice[] {
  const count = Math.min(wanted, BUCKETS);
  const from = (slice: number): number => Math.floor((slice * BUCKETS) / count);
  return Array.from({ length: count }, (_, i) => ({
    buckets: [from(i), from(i + 1) - 1],
    isWithUnnamed: i === 0,
    expected: Math.ceil((contacts * 1.4) / count), // the days before the month, too
  }));
}
