import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { packageRoot } from '../../src/package-root.ts';

const FILES = ['builders/company', 'workbook/company', 'workbook/workbooks', 'workbook/books', 'workbook/child-main'];
/** Below node_modules, so that the packages are found. */
const folder = join(packageRoot, 'node_modules', '.cache', `answerable-child-${process.pid}`);

interface Outcome {
  readonly bytes: number;
  readonly sha256: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
}

/** The test's builders as plain modules on the built program: a child process knows neither Jest nor TypeScript. */
function compile(): void {
  for (const file of FILES) {
    const source = readFileSync(join(packageRoot, 'test', `${file}.ts`), 'utf8');
    const { code } = transformSync(source, {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    const linked = code
      .replace(/(['"])\.\.\/\.\.\/src\/(.*?)\.ts\1/g, (_, quote: string, path: string) =>
        [quote, join(packageRoot, 'dist', `${path}.js`), quote].join(''),
      )
      .replace(/(['"])(\.[^'"]*)\.ts\1/g, '$1$2.mjs$1');
    const to = join(folder, `${file}.mjs`);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, linked);
  }
}

const child = (job: object, env: Readonly<Record<string, string>> = {}): Outcome =>
  JSON.parse(
    execFileSync(process.execPath, [join(folder, 'workbook', 'child-main.mjs'), JSON.stringify(job)], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      timeout: 600_000,
    }),
  ) as Outcome;

describe('a workbook written by a process of its own', () => {
  beforeAll(compile);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the same SHA-256 each time, under two time zones and two locales', () => {
    const hashes = [
      child({}, { TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' }),
      child({}, { TZ: 'America/Los_Angeles', LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' }),
      child({}, { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' }),
    ].map(({ sha256 }) => sha256);
    expect(new Set(hashes).size).toBe(1);
  }, 300_000);

  const said = ({ seconds, cpuSeconds, peakMB, bytes }: Outcome): string =>
    `${seconds.toFixed(1)} s, of the processor ${cpuSeconds.toFixed(1)} s, ${peakMB.toFixed(0)} MB, ${bytes} bytes`;

  it('takes at most 15 seconds and 300 MB for sixty units', () => {
    const outcome = child({ units: 60 });
    console.info(`60 units: ${said(outcome)}`);
    expect(outcome.cpuSeconds).toBeLessThanOrEqual(15); // the clock on the wall knows of others at work
    expect(outcome.peakMB).toBeLessThanOrEqual(300);
  }, 600_000);

  it('takes at most 256 MB for a million rows of detail (a fifth of them unless in full)', () => {
    const rows = process.env['ANSWERABLE_FULL'] === '1' ? 1_000_000 : 200_000;
    const outcome = child({ rows });
    console.info(`${rows} rows: ${said(outcome)}`);
    expect(outcome.peakMB).toBeLessThanOrEqual(256);
  }, 600_000);
});
