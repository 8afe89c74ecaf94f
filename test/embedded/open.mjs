// Stands for a command that wants the product's database: says how it got it, and ends.
import { openEmbedded } from '../../dist/embedded/database.js';

const applied = [];
const began = performance.now();
const { appUrl, adminUrl, release } = await openEmbedded(process.argv[2], (line) => applied.push(line));
process.stdout.write(
  JSON.stringify({ appUrl, adminUrl, applied, milliseconds: Math.round(performance.now() - began) }),
);
await release();
