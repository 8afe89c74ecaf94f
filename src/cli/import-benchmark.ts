import { spawn } from 'node:child_process';
import { closeSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ImportsService } from '../application/imports.service.ts';
import { generate, type GenerateOptions } from '../generator/generate.ts';
import { packageRoot } from '../package-root.ts';
import { emptyDatabase, serverOf } from './benchmark-database.ts';
import type { Shell } from './shell.ts';
import { measuredChild, type ChildUsage } from './usage.ts';

/** What `answerable import contacts` costs, beside the least that any reader of the file must do. */
export interface ImportMeasure extends ChildUsage {
  readonly contacts: number;
  readonly fileBytes: number;
  /** CPU-seconds of a loop that finds the commas and the line ends of the same file and does nothing else */
  readonly loopSeconds: number;
}

/** Records that contacts name. */
const NAMED = ['company.yaml', 'units.csv', 'reasons.csv', 'decisions.csv', 'decision_owners.csv'];

/** Loads contacts files of these sizes, each into an empty company in `home`, which is emptied before and after. */
export async function importMeasures(
  person: Shell,
  home: string,
  sizes: readonly number[],
  generated: Pick<GenerateOptions, 'months' | 'seed' | 'endPeriod'>,
): Promise<ImportMeasure[]> {
  const measures: ImportMeasure[] = [];
  for (const contacts of sizes) {
    const folder = join(home, 'imports');
    await emptyDatabase(home);
    const shell = await person.elsewhere(home);
    try {
      await shell.say(`generate ${contacts} contacts …`);
      const { files } = await generate({ ...generated, folder, contacts, exposures: 1000, revenueEvents: 1000 });
      const file = join(home, 'contacts.csv');
      renameSync(join(folder, 'contacts.csv'), file);
      for (const { name } of files) if (!NAMED.includes(name)) rmSync(join(folder, name), { force: true });
      await (await shell.get(ImportsService)).importFolder(await shell.actor(), folder);
      await shell.say(`import contacts.csv of ${contacts} …`);
      measures.push(await measure(shell, home, file, contacts));
      rmSync(file);
    } finally {
      await shell.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  await emptyDatabase(home);
  return measures;
}

/** The import runs as a process of its own, as a person's does: what was generated before weighs nothing. */
async function measure(shell: Shell, home: string, file: string, contacts: number): Promise<ImportMeasure> {
  const { postmaster } = await serverOf(shell);
  const { fields, seconds: loopSeconds } = commasAndLineEnds(file);
  const args = [join(packageRoot, 'dist', 'cli', 'main.js'), 'import', 'contacts', file, '--json'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ANSWERABLE_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { said, usage } = await measuredChild(postmaster, child);
  const report = JSON.parse(said) as { new: number };
  if (report.new !== contacts || fields < contacts) throw new Error(`the generated contacts were refused: ${said}`);
  return { contacts, fileBytes: statSync(file).size, loopSeconds, ...usage };
}

/** Finds the commas and line ends of a file; gives how many, and the CPU-seconds it took. */
function commasAndLineEnds(path: string): { fields: number; seconds: number } {
  const started = process.cpuUsage();
  const chunk = Buffer.allocUnsafe(256 * 1024);
  const file = openSync(path, 'r');
  let fields = 0;
  for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
    for (let i = 0; i < length; i++) {
      const byte = chunk[i];
      if (byte === 0x2c || byte === 0x0a) fields++;
    }
  }
  closeSync(file);
  const { user, system } = process.cpuUsage(started);
  return { fields, seconds: (user + system) / 1e6 };
}
