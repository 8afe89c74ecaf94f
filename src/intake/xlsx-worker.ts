import { parentPort, workerData } from 'node:worker_threads';
import { InvalidInput } from '../domain/errors.ts';
import { readXlsx, type XlsxEvent, type XlsxTask } from './xlsx-reader.ts';
import type { InputFault } from '../domain/errors.ts';

/** What the thread sends; it waits for an answer after each, so that memory stays bounded. */
export type XlsxMessage =
  XlsxEvent | { readonly is: 'end' } | { readonly is: 'refused'; readonly faults: readonly InputFault[] };

const port = parentPort!;
const asked = (): Promise<void> => new Promise((resolve) => port.once('message', () => resolve()));
const send = (message: XlsxMessage): void => port.postMessage(message);

await asked();
try {
  for await (const event of readXlsx(workerData as XlsxTask)) {
    send(event);
    await asked();
  }
  send({ is: 'end' });
} catch (error) {
  if (!(error instanceof InvalidInput)) throw error;
  send({ is: 'refused', faults: error.faults });
}
port.close();
