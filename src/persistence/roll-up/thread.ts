import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import { WHOLE_MONTHS } from '../close-inputs.queries.ts';
import { lendingSocket } from '../lending-socket.ts';
import { readSlice } from '../roll-up-slice.queries.ts';
import { RollUpKernel } from './kernel.ts';
import type { ThreadAnswer, ThreadTask } from './threads.ts';

const { url, view, reading, start, slices } = workerData as ThreadTask;
const client = new pg.Client({ connectionString: url, application_name: 'answerable roll-up', stream: lendingSocket });
client.on('error', () => undefined); // what was under way fails, and tells why
await client.connect();
await client.query('begin isolation level repeatable read read only');
await client.query(`set transaction snapshot ${client.escapeLiteral(view.snapshot)}`);
await client.query(`set local role ${client.escapeIdentifier(view.role)}`);
await client.query(`select set_config('app.units', $1, true), set_config('app.user', $2, true)`, [
  view.units,
  view.user,
]);
await client.query(WHOLE_MONTHS);
parentPort!.postMessage(await answer());
await client.query('commit');
await client.end();

async function answer(): Promise<ThreadAnswer> {
  const { rows } = await client.query<{ imports: string }>(
    'select count(*)::text as imports from import where import_id <= $1',
    [reading.watermark],
  );
  if (rows[0]!.imports !== view.imports) return { is: 'blind' };
  const kernel = new RollUpKernel(start);
  for (const slice of slices) await readSlice(client, reading, slice, kernel);
  return { is: 'sums', sums: kernel.taken() };
}
