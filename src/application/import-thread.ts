import { parentPort, workerData } from 'node:worker_threads';
import { kindNamed } from '../intake/kinds/all.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { waitForImport } from '../persistence/imports.queries.ts';
import { carried } from './carried-failure.ts';
import type { FromThread, ImportTask, ToThread } from './import-in-thread.ts';
import { inputOpener } from './input-opener.ts';
import { importOneFile, type ImportProgress } from './one-file.ts';

const { url, actor, kind, path, importId, options } = workerData as ImportTask;
const port = parentPort!;
const say = (message: FromThread): void => port.postMessage(message);
let stopped = false;
let hear: ((message: ToThread) => void) | undefined;
port.on('message', (message: ToThread) => {
  if (message.is === 'stop') stopped = true;
  hear?.(message);
});

const goOn = (): void => {
  if (stopped) throw new Error('the import was stopped'); // whoever said so knows why
};
const onProgress = (progress: ImportProgress): void => {
  goOn();
  say({ is: 'progress', progress });
};
const begun = (): void => say({ is: 'begun' });
/** The order of the files is the other thread's affair; what it waits for in the database is waited for on this connection. */
const turn = async (tx: Tx): Promise<void> => {
  say({ is: 'turn' });
  for (;;) {
    goOn();
    const message = await new Promise<ToThread>((resolve) => (hear = resolve));
    if (message.is === 'go on') return;
    if (message.is === 'stop') continue;
    await waitForImport(tx, message.importId);
    say({ is: 'waited' });
  }
};

try {
  const db = await Database.connect(url, { poolSize: 1 });
  try {
    const open = options.openedAs && inputOpener(options.openedAs.from, options.openedAs.mapping).open;
    const given = { ...options, open, onProgress };
    const report = await db.books(async (tx) => {
      const made = await importOneFile(tx, actor, kindNamed(kind), path, given, { importId, begun, turn });
      goOn();
      return made;
    });
    say({ is: 'report', report });
  } finally {
    await db.close();
  }
} catch (error) {
  say({ is: 'failed', failure: carried(error) });
}
port.close();
