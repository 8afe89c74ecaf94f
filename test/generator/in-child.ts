import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FileCount } from '../../src/generator/csv-file.ts';
import type { GenerateOptions } from '../../src/generator/options.ts';

/** Generates in a Node process of its own, under other environment variables. */
export function generateInChild(
  options: GenerateOptions,
  env: Record<string, string> = {},
): { files: FileCount[]; peakMegabytes: number } {
  const here = join(process.cwd(), 'test', 'generator');
  const output = execFileSync(
    process.execPath,
    [
      '--import',
      pathToFileURL(join(here, 'typescript-loader.mjs')).href,
      join(here, 'generate-in-child.mjs'),
      JSON.stringify(options),
    ],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  );
  return JSON.parse(output) as { files: FileCount[]; peakMegabytes: number };
}
