import { randomBytes } from 'node:crypto';
import { ensureDatabase } from '../../src/persistence/roles.ts';
import { databaseUrl, execute, TEST_SERVER, type TestServer } from './test-server.ts';

/** A migrated, empty database of its own. */
export interface TestDatabase {
  /** As the product connects: answerable_app */
  readonly appUrl: string;
  /** Superuser on this database: for arranging and for looking behind the curtain */
  readonly adminUrl: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** The server of this test run, made by global-setup.ts. */
export function testServer(): TestServer {
  const text = process.env[TEST_SERVER];
  if (text === undefined)
    throw new Error('no test server: tests with a database are named *.db.spec.ts or *.e2e.spec.ts');
  return JSON.parse(text) as TestServer;
}

/** One per spec file: `const db = await testDatabase()` in beforeAll, `await db.drop()` in afterAll. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = testServer();
  const name = `${server.run}_${randomBytes(6).toString('hex')}`;
  await ensureDatabase(server.adminUrl, name, server.template);
  return {
    name,
    appUrl: databaseUrl(server.adminUrl, name, { name: 'answerable_app', password: server.appPassword }),
    adminUrl: databaseUrl(server.adminUrl, name),
    drop: async () => {
      await execute(server.adminUrl, `drop database if exists "${name}" with (force)`);
    },
  };
}
