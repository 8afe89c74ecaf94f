import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { configurationTable } from '../../src/config.ts';
import { packageRoot } from '../../src/package-root.ts';

const LONGEST_SOURCE_FILE = 400;

const read = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');
const NOT_OURS = new Set(['node_modules', 'dist', 'out', 'coverage', '.answerable', '.git']);

/** Files of the repository; of an unpacked archive, which has no .git, all that no command has made. */
function repositoryFiles(): string[] {
  if (existsSync(join(packageRoot, '.git'))) {
    const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
      cwd: packageRoot,
    });
    return listed
      .toString('utf8')
      .split('\0')
      .filter((file) => file !== '' && existsSync(join(packageRoot, file)));
  }
  return readdirSync(packageRoot, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(packageRoot, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).some((part) => NOT_OURS.has(part)));
}
const files = repositoryFiles();
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string | boolean>>;
const lock = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { version?: string; resolved?: string; hasInstallScript?: boolean }>;
};

describe('package.json', () => {
  it.each(['dependencies', 'devDependencies', 'optionalDependencies'])('pins %s to one version each', (group) => {
    const loose = Object.entries(manifest[group]!).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)),
    );
    expect(loose).toEqual([]);
  });

  it('approves no install script, and names every package that has one', () => {
    const approvals = manifest['allowScripts']!;
    expect(Object.entries(approvals).filter(([, approved]) => approved !== false)).toEqual([]);
    const scripted = Object.entries(lock.packages)
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(scripted.filter((name) => !(name in approvals))).toEqual([]);
  });
});

describe('package-lock.json', () => {
  it('agrees with package.json', () => {
    for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [name, version] of Object.entries(manifest[group]!)) {
        expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
      }
    }
  });

  it('names no registry', () => {
    expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
    expect(read('package-lock.json')).not.toMatch(/registry\.|npmjs/);
    expect(read('.npmrc')).not.toMatch(/registry\s*=/);
  });
});

describe('files of the repository', () => {
  it('name no path of the machine they were written on', () => {
    const here = [packageRoot, homedir()].filter((path) => path.split('/').length > 2 || path === '/root');
    const naming = files.filter((file) => {
      const text = read(file);
      return here.some((path) => text.includes(`${path}/`)) || /\/(home|Users)\/[a-z][\w.-]*\//.test(text);
    });
    expect(naming).toEqual([]);
  });

  it(`of src are at most ${LONGEST_SOURCE_FILE} lines long`, () => {
    const long = files
      .filter((file) => /^src\/.*\.tsx?$/.test(file))
      .map((file) => `${file}: ${read(file).split('\n').length - 1}`)
      .filter((line) => Number(line.split(': ')[1]) > LONGEST_SOURCE_FILE);
    expect(long).toEqual([]);
  });

  it('hold no real data of others', () => {
    const data = files.filter(
      (file) => /\.(csv|csv\.gz|xlsx|xls|parquet)$/.test(file) && !/^(templates|test\/fixtures)\//.test(file),
    );
    expect(data).toEqual([]);
  });
});

describe('README.md', () => {
  it('has the configuration table of src/config.ts', () => {
    expect(read('README.md')).toContain(configurationTable());
  });
});
