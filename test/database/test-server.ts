import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { claimant } from '../../src/embedded/home.ts';
import { leaseServer } from '../../src/embedded/lease.ts';
import { packageRoot } from '../../src/package-root.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { ensureDatabase, ensureRoles } from '../../src/persistence/roles.ts';

/** What the workers of one test run must know; passed to them in the environment. */
export interface TestServer {
  readonly adminUrl: string;
  readonly appPassword: string;
  /** Beginning of the names of this run's databases */
  readonly run: string;
  /** Migrated database that spec files get a copy of */
  readonly template: string;
}

export const TEST_SERVER = 'ANSWERABLE_TEST_SERVER';
const HOME_PREFIX = 'answerable-test-';
/** Nothing here outlives a crash, so nothing waits for the disk. */
const THROW_AWAY = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '100',
  shared_buffers: '128MB',
};

/** Starts a throw-away server, or takes the one of TEST_DATABASE_ADMIN_URL, and migrates the template. */
export async function startTestServer(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  buildWhenStale();
  const run = `answerable_test_${randomBytes(4).toString('hex')}`;
  const given = process.env['TEST_DATABASE_ADMIN_URL'];
  const { adminUrl, end } = given ? { adminUrl: given, end: () => dropDatabases(given, run) } : await throwAwayServer();
  try {
    // Roles belong to the whole server: runs that share one agree on the passwords.
    const password = createHash('sha256').update(`test ${adminUrl}`).digest('hex').slice(0, 32);
    await ensureRoles(adminUrl, { migrator: password, app: password });
    const server: TestServer = { adminUrl, appPassword: password, run, template: `${run}_template` };
    await ensureDatabase(adminUrl, server.template);
    await migrate(databaseUrl(adminUrl, server.template));
    return { server, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** `adminUrl` with another database, and another user when one is given. */
export function databaseUrl(adminUrl: string, database: string, user?: { name: string; password: string }): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) {
    url.username = user.name;
    url.password = user.password;
  }
  return url.href;
}

/** Runs one statement on its own connection. */
export async function execute(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

async function throwAwayServer(): Promise<{ adminUrl: string; end: () => Promise<void> }> {
  sweep();
  const home = mkdtempSync(join(tmpdir(), HOME_PREFIX));
  chmodSync(home, 0o711); // root's server runs as another user
  const lease = await leaseServer(home, { settings: THROW_AWAY, lingerSeconds: 0 });
  const end = async (): Promise<void> => {
    await lease.release();
    while (claimant(home) !== undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    rmSync(home, { recursive: true, force: true });
  };
  return { adminUrl: lease.adminUrl, end };
}

/** Removes the homes of runs that were killed before their end. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const home = join(tmpdir(), name);
    if (
      !name.startsWith(HOME_PREFIX) ||
      Date.now() - (statSync(home, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 60_000
    )
      continue;
    if (claimant(home) === undefined) rmSync(home, { recursive: true, force: true });
  }
}

async function dropDatabases(adminUrl: string, run: string): Promise<void> {
  const { rows } = (await execute(
    adminUrl,
    `select datname from pg_database where starts_with(datname, '${run}')`,
  )) as {
    rows: { datname: string }[];
  };
  for (const { datname } of rows) await execute(adminUrl, `drop database if exists "${datname}" with (force)`);
}

/** The supervisor and the built program run as plain JavaScript; `npm test` builds them, a bare `jest` may not have. */
function buildWhenStale(): void {
  const built = join(packageRoot, 'dist', 'embedded', 'supervisor.js');
  const source = join(packageRoot, 'src', 'embedded');
  const newest = Math.max(...readdirSync(source).map((name) => statSync(join(source, name)).mtimeMs));
  if (existsSync(built) && statSync(join(packageRoot, 'dist', '.tsbuildinfo')).mtimeMs >= newest) return;
  try {
    const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: packageRoot, stdio: 'pipe' });
  } catch (error) {
    if (!existsSync(built)) throw error; // other files' type faults are the type check's business
  }
}
