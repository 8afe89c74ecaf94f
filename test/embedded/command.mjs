// Stands for a command of the product: leases the home's server, says what it got, and stays until its input ends.
import { leaseServer } from '../../dist/embedded/lease.js';

const lease = await leaseServer(process.argv[2]);
process.stdout.write(`${JSON.stringify({ port: lease.port, adminUrl: lease.adminUrl })}\n`);
for await (const _ of process.stdin);
await lease.release();
