import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { heardLater } from '../../domain/heard-later.ts';
import { packageRoot } from '../../package-root.ts';
import type { ContactReading } from '../close-inputs.queries.ts';
import type { Slice } from '../roll-up-slice.queries.ts';
import type { KernelStart, TakenRollUp } from './kernel.ts';

/** The thread runs compiled, so that one file serves the built program and the tests. */
const THREAD = join(packageRoot, 'dist', 'persistence', 'roll-up', 'thread.js');

/** How a connection beside a transaction sees what that one sees, under the same role. */
export interface SameView {
  readonly snapshot: string;
  readonly role: string;
  /** settings that row-level security asks */
  readonly units: string;
  readonly user: string;
  /** how many imports up to the watermark there are; fewer elsewhere: some are not committed yet */
  readonly imports: string;
}

export interface ThreadTask {
  readonly url: string;
  readonly view: SameView;
  readonly reading: ContactReading;
  readonly start: KernelStart;
  readonly slices: readonly Slice[];
}

/** `blind`: the facts are not to be seen from another connection, because the transaction itself has written some. */
export type ThreadAnswer = { readonly is: 'sums'; readonly sums: TakenRollUp } | { readonly is: 'blind' };

/** Slices of a roll-up in a thread of their own, on a connection of their own. */
export class RollUpThread {
  private readonly worker: Worker;
  /** @throws Error when the thread fails or ends without an answer */
  readonly answer: Promise<ThreadAnswer>;

  constructor(readonly task: ThreadTask) {
    this.worker = new Worker(THREAD, { workerData: task, execArgv: [] });
    const answer = new Promise<ThreadAnswer>((resolve, reject) => {
      this.worker.once('message', resolve);
      this.worker.on('error', (error: Error) =>
        reject(new Error(`a thread of the roll-up failed: ${error.message}`, { cause: error })),
      );
      this.worker.once('exit', () => reject(new Error('a thread of the roll-up ended before it had its sums')));
    });
    this.answer = heardLater(answer);
  }

  /** Ends the thread, whatever it is at; its connection goes with it. */
  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
