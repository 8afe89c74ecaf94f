#!/usr/bin/env node
import { reportFailure } from './failure.ts';
import { program } from './program.ts';

// A reader that has had enough (| head) is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.exitCode = await reportFailure(error, process.argv.includes('--json'));
}
