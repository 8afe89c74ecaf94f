// Stands for a command of the product: leases the home's server, says what it got, and stays until its input ends.
import { leaseServer } from '../../dist/embedded/lease.js';

// Killing processes takes nothing from the system's file cache: only a test of durability itself asks for fsync.
const [home, fsync] = process.argv.slice(2);
const lease = await leaseServer(home, { settings: { fsync } });
process.stdout.write(`${JSON.stringify({ port: lease.port, adminUrl: lease.adminUrl })}\n`);
for await (const _ of process.stdin);
await lease.release();
