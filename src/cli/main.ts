#!/usr/bin/env node
import { run } from './run.ts';

// A reader that has had enough (| head) is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv);
