import { reportFailure } from './failure.ts';
import { program } from './program.ts';

/** One command line, as process.argv has it; gives the exit code when everything is said and given back. */
export async function run(argv: readonly string[]): Promise<number> {
  process.exitCode = 0;
  try {
    await program().parseAsync([...argv]);
    return Number(process.exitCode);
  } catch (error) {
    return await reportFailure(error, argv.includes('--json'));
  }
}
