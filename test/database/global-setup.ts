import { startTestServer, TEST_SERVER } from './test-server.ts';

/** Once per test run: a server, its roles and the migrated template. Jest's workers inherit the environment. */
export default async function globalSetup(): Promise<void> {
  const { server, stop } = await startTestServer();
  process.env[TEST_SERVER] = JSON.stringify(server);
  (globalThis as { stopTestServer?: () => Promise<void> }).stopTestServer = stop;
}
