import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/package-root.ts';
import type { ImportingCompany } from './importing.ts';

const PROGRAM = `
const { Database } = await import(process.env.DIST + '/persistence/database.js');
const { ImportsService } = await import(process.env.DIST + '/application/imports.service.js');
const { peakBytes } = await import(process.env.DIST + '/cli/usage.js');
const db = await Database.connect(process.env.URL);
const actor = { userId: null, login: 'finance', name: 'Finance', role: 'finance', units: [] };
process.stdout.write('begin');
const imports = new ImportsService(db);
const options = JSON.parse(process.env.ROAD);
if (process.env.FOLDER) await imports.importFolder(actor, process.env.FOLDER, options);
else await imports.importFile(actor, 'contacts', process.env.FILE, options);
process.stdout.write('end ' + peakBytes() / 1024);
await db.close();
`;

/** The ways a file of facts can go, as options of an import that lead it there. */
const ROADS = {
  straight: { directFrom: 0, heldUpTo: 0 },
  threads: { directFrom: 0, heldUpTo: 0, threadFrom: 0 },
  held: { directFrom: Number.MAX_SAFE_INTEGER, heldUpTo: Number.MAX_SAFE_INTEGER },
  staged: { directFrom: Number.MAX_SAFE_INTEGER, heldUpTo: 0 },
};
export type Road = keyof typeof ROADS;

/**
 * The import of a contacts file in a process of its own, which says "begin", and "end" with its largest resident set (kB).
 * @param scratch where it has its temporary files
 */
export function importInChild(
  company: ImportingCompany,
  file: string,
  options: { road: Road; scratch: string },
): ChildProcessByStdio<null, Readable, null> {
  return inChild(company, { FILE: file, ROAD: JSON.stringify(ROADS[options.road]), TMPDIR: options.scratch });
}

/** The same of a folder. */
export function importFolderInChild(
  company: ImportingCompany,
  folder: string,
  options: { road: Road; scratch: string },
): ChildProcessByStdio<null, Readable, null> {
  return inChild(company, { FOLDER: folder, ROAD: JSON.stringify(ROADS[options.road]), TMPDIR: options.scratch });
}

function inChild(
  company: ImportingCompany,
  given: Readonly<Record<string, string>>,
): ChildProcessByStdio<null, Readable, null> {
  const dist = pathToFileURL(join(packageRoot, 'dist')).href;
  const env = { ...process.env, URL: company.test.appUrl, DIST: dist, ...given };
  return spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills a child so long after it said "begin". @returns milliseconds from there to its "end"; 0: it was killed before */
export async function killedAfter(child: ChildProcessByStdio<null, Readable, null>, afterMs: number): Promise<number> {
  let [began, ran] = [0, 0];
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (said: Buffer) => {
    if (said.toString().includes('begin')) {
      began = Date.now();
      timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    }
    if (said.toString().includes('end')) ran = Date.now() - began;
  });
  await new Promise((resolve) => child.on('exit', resolve));
  clearTimeout(timer);
  return ran;
}

/** A file of so many contacts over 35 days, each with an id that begins with the prefix. */
export function contactsFile(company: Pick<ImportingCompany, 'folder'>, prefix: string, rows: number): string {
  const path = join(company.folder, `${prefix}.csv`);
  const file = openSync(path, 'w');
  let text = 'contact_id,started_at,channel,reason_code,customer_id,handle_seconds,queue\n';
  const apart = (35 * 86_400_000) / rows;
  for (let i = 0; i < rows; i++) {
    const at = new Date(Date.UTC(2026, 0, 1) + Math.floor(i * apart)).toISOString();
    text += `${prefix}-${i},${at},voice,billing.fee,K${i % 977},${i % 600},q${i % 5}\n`;
    if (text.length < 1024 * 1024) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
  closeSync(file);
  return path;
}
