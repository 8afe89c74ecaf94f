import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker, type TransferListItem } from 'node:worker_threads';
import type { EpisodeTouches, Group } from '../domain/retention/cohort-groups.ts';
import { packageRoot } from '../package-root.ts';
import { threadsOf, type Tx } from '../persistence/database.ts';
import { revived, type CarriedFailure } from './carried-failure.ts';
import type { EffectSources, GroupsOf, ToldEffects } from './told-effects.ts';

/** The thread runs compiled, so that one file serves the built program and the tests. */
const THREAD = join(packageRoot, 'dist', 'application', 'effects-in-thread.js');

/** Fewer customers than this are told in less time than a thread takes to begin. */
const WORTH_A_THREAD = 200_000;
/** More have the memory to themselves: a roll-up beside them holds a hundred or two hundred megabytes more. */
const MOST_BESIDE = 4_000_000;

/** A group whose columns have their memory for themselves. */
export interface PlainGroup extends Omit<Group, 'touches'> {
  readonly touches: EpisodeTouches;
}

export interface EffectsTask {
  readonly sources: EffectSources;
  /** in the order of the cohorts */
  readonly groups: readonly (readonly PlainGroup[])[];
}

export type EffectsAnswer =
  | { readonly is: 'effects'; readonly effects: ToldEffects }
  | { readonly is: 'failed'; readonly failure: CarriedFailure };

/** How many threads the deed of a transaction may have, which as a part of another has no more than its own. */
export function threadsFor(tx: Tx): number {
  const allowed = threadsOf(tx);
  return allowed === undefined ? 1 : (allowed.threads ?? availableParallelism());
}

/** Whether effects on so many customers are told beside what else a close does, on another processor. */
export function worthAThread(customers: number, threads: number): boolean {
  return customers >= WORTH_A_THREAD && customers <= MOST_BESIDE && threads > 1;
}

/**
 * The same as `toldEffects`, by another thread: the memory of all columns goes over to it, and is gone here.
 * @throws Refusal as `toldEffects` @throws Error when the thread fails or ends without an answer
 */
export async function effectsByThread(sources: EffectSources, groupsOf: GroupsOf): Promise<ToldEffects> {
  const groups = sources.cohorts.map((cohort) =>
    Array.from(groupsOf(cohort), ({ touches, ...group }): PlainGroup => ({ ...group, touches: touches() })),
  );
  const task: EffectsTask = { sources, groups };
  const worker = new Worker(THREAD, { workerData: task, transferList: memoryOf(task), execArgv: [] });
  try {
    const answer = await new Promise<EffectsAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread of the effects ended before it had told them')));
    });
    if (answer.is === 'failed') throw revived(answer.failure);
    return answer.effects;
  } finally {
    await worker.terminate();
  }
}

/** The memory of all columns of plain data, each once. */
function memoryOf(task: unknown): TransferListItem[] {
  const found = new Set<ArrayBuffer>();
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  look(task);
  return [...found];
}
