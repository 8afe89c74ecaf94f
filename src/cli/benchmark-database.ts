import pg from 'pg';
import { openEmbedded } from '../embedded/database.ts';
import type { Shell } from './shell.ts';
import { postmasterOf } from './usage.ts';

/** The bench's own server keeps nothing from run to run. */
export async function emptyDatabase(home: string): Promise<void> {
  await asAdmin(home, async (client, database) => {
    await client.query(`drop database ${client.escapeIdentifier(database)} with (force)`);
  });
}

export async function databaseBytes(home: string): Promise<number> {
  return await asAdmin(home, async (client, database) => {
    const { rows } = await client.query<{ bytes: string }>('select pg_database_size($1) as bytes', [database]);
    return Number(rows[0]!.bytes);
  });
}

/** Version and first process of the server that a shell works on; the process is undefined where it is not here. */
export async function serverOf(shell: Shell): Promise<{ version: string; postmaster: number | undefined }> {
  const db = await shell.database();
  const [session] = await db.books((tx) =>
    tx.query<{ pid: number; version: string }[]>(
      "select pg_backend_pid() as pid, current_setting('server_version') as version",
    ),
  );
  // the session itself may end while it idles
  return { version: session!.version, postmaster: postmasterOf(session!.pid) };
}

async function asAdmin<T>(home: string, deed: (client: pg.Client, database: string) => Promise<T>): Promise<T> {
  const server = await openEmbedded(home);
  const url = new URL(server.adminUrl);
  const database = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  try {
    await client.connect();
    return await deed(client, database);
  } finally {
    await client.end();
    await server.release();
  }
}
