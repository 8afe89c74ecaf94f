import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { invariant, Refusal } from '../domain/errors.ts';
import { packageRoot } from '../package-root.ts';

/** Where TypeORM keeps which migrations have run. */
export const MIGRATIONS_TABLE = 'schema_migration';

/** One hand-written file of `migrations/`. */
export interface MigrationFile {
  /** e.g. 003-facts */
  readonly name: string;
  /** the order; no two alike, so that two people who add one at once notice */
  readonly number: number;
  /** Name under which TypeORM keeps it: it takes the last 13 characters for the order. */
  readonly recordedName: string;
  readonly sql: string;
}

export function migrationFiles(folder: string = join(packageRoot, 'migrations')): MigrationFile[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  let last = 0;
  return names.map((file) => {
    const name = file.slice(0, -'.sql'.length);
    const number = Number(/^(\d{3})-[a-z0-9-]+$/.exec(name)?.[1]);
    invariant(number > last, `migrations are numbered, each its own, so ${file} cannot follow number ${last}`);
    last = number;
    return {
      name,
      number,
      recordedName: `${name}-${String(number).padStart(13, '0')}`,
      sql: readFileSync(join(folder, file), 'utf8'),
    };
  });
}

/**
 * Files that the database at `url` (of the migrator or a superuser) has not run yet, found without loading TypeORM.
 * Refusal `database_newer` when it has run one that this program does not know.
 */
export async function pendingMigrations(
  url: string,
  files: readonly MigrationFile[] = migrationFiles(),
): Promise<MigrationFile[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'answerable migrate' });
  await client.connect();
  try {
    await client.query('set role answerable_owner');
    const { rows: tables } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
      `public.${MIGRATIONS_TABLE}`,
    ]);
    if (!tables[0]!.found) return [...files];
    const { rows } = await client.query<{ name: string }>(`select name from public.${MIGRATIONS_TABLE}`);
    const ran = rows.map((row) => row.name);
    refuseNewer(ran, files);
    return files.filter((file) => !ran.includes(file.recordedName));
  } finally {
    await client.end();
  }
}

export function refuseNewer(ran: readonly string[], files: readonly MigrationFile[]): void {
  const known = new Set(files.map((file) => file.recordedName));
  const unknown = ran.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new Refusal('database_newer', `the database has run migration ${unknown}, which this program does not know`, {
      kind: 'conflict',
      next: 'install the newer answerable that wrote this database',
    });
  }
}
