import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { run } from '../../src/cli/run.ts';
import { packageRoot } from '../../src/package-root.ts';

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const BINARY = join(packageRoot, 'dist', 'cli', 'main.js');

/** The same command line inside this process: quicker by the start of Node, which is most of a short command. */
export async function answerableHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome & { exitCode: number }> {
  const own = { env: process.env, exitCode: process.exitCode };
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation(((text: string, done?: () => void) => {
      said[name] += text;
      done?.();
      return true;
    }) as typeof process.stdout.write),
  );
  process.env = { ...env };
  try {
    return { exitCode: await run(['node', BINARY, ...args]), ...said };
  } finally {
    process.env = own.env;
    process.exitCode = own.exitCode;
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs the built program as a person would, with nothing of this process's own configuration. */
export async function answerable(
  args: readonly string[],
  options: { env?: Readonly<Record<string, string>>; stdin?: string; cwd?: string } = {},
): Promise<Outcome> {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR, ...options.env }).filter(([, v]) => v !== undefined),
  );
  const child = spawn(process.execPath, [BINARY, ...args], { env, cwd: options.cwd ?? packageRoot, stdio: 'pipe' });
  child.stdin.end(options.stdin ?? '');
  const [stdout, stderr, exitCode] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  return { exitCode, stdout, stderr };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk as string;
  return text;
}
