import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Actor } from '../domain/roles.ts';
import type { ImportReport } from '../intake/import-report.ts';
import { packageRoot } from '../package-root.ts';
import { revived, type CarriedFailure } from './carried-failure.ts';
import type { ImportOptions, ImportProgress } from './one-file.ts';
import type { OwnPlace } from './side-by-side.ts';

/** The thread runs compiled, so that one file serves the built program and the tests. */
export const THREAD = join(packageRoot, 'dist', 'application', 'import-thread.js');

export interface ImportTask {
  readonly url: string;
  readonly actor: Actor;
  readonly kind: string;
  readonly path: string;
  readonly importId: string;
  readonly options: Omit<ImportOptions, 'open' | 'onProgress'>;
}

export type FromThread =
  | { readonly is: 'begun' }
  | { readonly is: 'progress'; readonly progress: ImportProgress }
  /** asks for its turn: is told what to wait for, time and again, then to go on */
  | { readonly is: 'turn' }
  | { readonly is: 'waited' }
  /** the transaction is committed */
  | { readonly is: 'report'; readonly report: ImportReport }
  | { readonly is: 'failed'; readonly failure: CarriedFailure };

export type ToThread =
  { readonly is: 'wait for'; readonly importId: string } | { readonly is: 'go on' } | { readonly is: 'stop' };

/**
 * Imports a file in a thread of its own, in a transaction on a connection of its own: everything that happens there is said
 * here, and what is thrown here stops it there.
 * @throws as importOneFile does; Error when the thread fails or ends without an answer: then its transaction is taken back
 */
export async function importInThread(
  task: ImportTask,
  place: OwnPlace,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const worker = new Worker(THREAD, { workerData: task, execArgv: [] });
  const name = basename(task.path);
  const tell = (message: ToThread): void => worker.postMessage(message);
  let thrownHere: { readonly error: unknown } | undefined;
  const stop = (error: unknown): void => {
    thrownHere ??= { error };
    tell({ is: 'stop' });
  };
  let waited: (() => void) | undefined;
  const waitFor = (importId: string): Promise<void> =>
    new Promise((resolve) => {
      waited = resolve;
      tell({ is: 'wait for', importId });
    });
  try {
    return await new Promise<ImportReport>((resolve, reject) => {
      worker.on('message', (message: FromThread) => {
        if (message.is === 'begun') place.begun();
        else if (message.is === 'turn') place.turnBy(waitFor).then(() => tell({ is: 'go on' }), stop);
        else if (message.is === 'waited') waited?.();
        else if (message.is === 'report') resolve(message.report);
        else if (message.is === 'failed') reject((thrownHere?.error as Error) ?? revived(message.failure));
        else {
          try {
            onProgress(message.progress);
          } catch (error) {
            stop(error);
          }
        }
      });
      const failed = (cause: Error): void =>
        reject(new Error(`the thread that imported ${name} failed: ${cause.message}`, { cause }));
      worker.once('error', failed).once('messageerror', failed);
      worker.once('exit', () => reject(new Error(`the thread that imported ${name} ended without a word`)));
    });
  } finally {
    await worker.terminate();
  }
}
