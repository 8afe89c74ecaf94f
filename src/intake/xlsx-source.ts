import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { InvalidInput } from '../domain/errors.ts';
import { packageRoot } from '../package-root.ts';
import { processFolder } from '../process-folder.ts';
import type { FileLimits } from './file-limits.ts';
import type { FaultSink, RowSource, SourceRow } from './rows.ts';
import type { XlsxTask } from './xlsx-reader.ts';
import type { XlsxMessage } from './xlsx-worker.ts';

/** The reader runs compiled, so that one file serves the built program and the tests. */
const WORKER = join(packageRoot, 'dist', 'intake', 'xlsx-worker.js');

export interface XlsxOptions extends Omit<XlsxTask, 'path'> {
  readonly onFault: FaultSink;
  /** called once when the file is no longer needed */
  readonly release?: () => Promise<void>;
}

/**
 * Rows of a sheet, read in a thread of its own with limits on memory and time: whatever the file does, it does it there.
 * @throws InvalidInput when the gate or a limit refuses the file
 */
export async function openXlsx(path: string, options: XlsxOptions): Promise<RowSource> {
  const { onFault, release, ...rest } = options;
  const reader = new XlsxThread({ path, ...rest }, release);
  const first = await reader.next();
  if (first.is !== 'header') throw new Error(`the XLSX reader began with ${first.is}`);
  async function* rows(): AsyncGenerator<readonly SourceRow[], void, undefined> {
    try {
      for (;;) {
        const message = await reader.next();
        if (message.is === 'end') return;
        if (message.is === 'rows') yield message.rows;
        if (message.is === 'fault') onFault(message.fault);
      }
    } finally {
      await reader.close();
    }
  }
  return {
    header: first.header,
    rows: { [Symbol.asyncIterator]: rows },
    about: { format: 'xlsx', sheet: first.sheet },
    close: () => reader.close(),
  };
}

class XlsxThread {
  private readonly worker: Worker;
  private secondsLeft: number;
  private settle: { resolve: (message: XlsxMessage) => void; reject: (error: Error) => void } | undefined;
  private failure: Error | undefined;
  private closed = false;

  constructor(
    private readonly task: XlsxTask,
    private readonly release: (() => Promise<void>) | undefined,
  ) {
    this.secondsLeft = task.limits.xlsxSeconds;
    this.worker = new Worker(WORKER, {
      workerData: task,
      execArgv: [],
      resourceLimits: {
        maxOldGenerationSizeMb: task.limits.xlsxMemoryMiB,
        maxYoungGenerationSizeMb: 32,
        stackSizeMb: 4,
      },
    });
    this.worker.on('message', (message: XlsxMessage) => this.settle?.resolve(message));
    this.worker.on('error', (error: Error) => this.fail(this.explained(error)));
    this.worker.on('exit', () => this.fail(new Error('the XLSX reader ended without a word')));
    this.worker.unref();
  }

  /** The next message; time counts only while it is awaited. @throws InvalidInput */
  async next(): Promise<XlsxMessage> {
    const started = performance.now();
    this.worker.ref();
    let timer: NodeJS.Timeout | undefined;
    try {
      const message = await new Promise<XlsxMessage>((resolve, reject) => {
        this.settle = { resolve, reject };
        if (this.failure !== undefined) return reject(this.failure);
        timer = setTimeout(() => reject(this.tooSlow()), this.secondsLeft * 1000);
        this.worker.postMessage('next');
      });
      if (message.is === 'refused') throw new InvalidInput(message.faults);
      return message;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      clearTimeout(timer);
      this.settle = undefined;
      this.secondsLeft -= (performance.now() - started) / 1000;
      if (!this.closed) this.worker.unref();
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.worker.terminate();
    await this.release?.();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.settle?.reject(this.failure);
  }

  private explained(error: Error & { code?: string }): Error {
    if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
    return this.refusal(
      'too_large_for_memory',
      `reading it needs more than ${this.task.limits.xlsxMemoryMiB} MiB of memory`,
    );
  }

  private tooSlow(): Error {
    return this.refusal('too_slow', `reading it takes more than ${this.task.limits.xlsxSeconds} seconds`);
  }

  private refusal(code: string, message: string): InvalidInput {
    return new InvalidInput([{ file: this.task.file, code, message, remedy: 'Save the sheet as CSV and load that' }]);
  }
}

/**
 * Keeps a stream in a file of a random name, because the directory of an XLSX file stands at its end.
 * @throws InvalidInput beyond the size limit; then nothing is left behind
 */
export async function spooled(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  limits: FileLimits,
): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(processFolder(), 'xlsx-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'upload.xlsx');
  async function* bounded(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limits.xlsxPackedBytes) {
        const message = `an XLSX file may have ${limits.xlsxPackedBytes} bytes`;
        throw new InvalidInput([{ file, code: 'too_large', message, remedy: 'Save the sheet as CSV and load that' }]);
      }
      yield chunk;
    }
  }
  try {
    await pipeline(bounded, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}
