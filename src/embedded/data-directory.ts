import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { writeFileSync, lstatSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { majorOf, type Binaries } from './binaries.ts';
import { newDraft } from './draft.ts';
import { reachableFolder, reaches, type ServerUser } from './server-user.ts';

/** In the home, with the major version in its name: another major's binaries refuse the files. */
const entryOf = (home: string, binaries: Binaries): string => join(home, `pg${majorOf(binaries)}`);

/** The home's data directory (its real path), or undefined before the first start. */
export function dataDirectoryOf(home: string, binaries: Binaries): string | undefined {
  const entry = entryOf(home, binaries);
  const link = lstatSync(entry, { throwIfNoEntry: false });
  if (link === undefined) return undefined;
  if (!existsSync(entry)) {
    throw new Error(
      `${entry} points to ${readlinkSync(entry)}, which is gone; bring it back, or remove ${home} to begin anew`,
    );
  }
  return realpathSync(entry);
}

/**
 * Makes the data directory with an empty cluster and gives its real path. It lies in the home. Only when root's server
 * user cannot reach the home (below /root, say) it lies in root's folder under a name made of the home's path, and the
 * home holds a link to it: the link, not the name, is what finds it again, so that a home may be moved. Nobody but
 * its owner removes data: a name that is taken by an earlier home gets a suffix.
 */
export function makeDataDirectory(
  home: string,
  binaries: Binaries,
  user: ServerUser,
  password: string,
  fsync: boolean,
): string {
  const entry = entryOf(home, binaries);
  const away = !reaches(user, home);
  const folder = away ? folderAway(home, user) : home;
  const target = join(folder, `pg${majorOf(binaries)}`);
  const draft = newDraft(target);
  initialise(draft, binaries, user, password, fsync);
  renameSync(draft, target);
  if (away) symlinkSync(target, entry);
  return realpathSync(entry);
}

function folderAway(home: string, user: ServerUser): string {
  const name = `${createHash('sha256').update(home).digest('hex').slice(0, 16)}`;
  const shelf = reachableFolder(user);
  const first = join(shelf, name);
  const folder = existsSync(first) ? `${first}-${randomBytes(4).toString('hex')}` : first;
  mkdirSync(folder);
  chmodSync(folder, 0o711);
  writeFileSync(join(folder, 'home.txt'), `${home}\n`); // for the person who finds it
  return folder;
}

function initialise(draft: string, binaries: Binaries, user: ServerUser, password: string, fsync: boolean): void {
  const passwordFile = `${draft}-password`;
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) {
    chownSync(draft, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  try {
    // The builtin provider sorts alike on every machine, and as in production. macOS has no C.UTF-8 of its own.
    const locale = process.platform === 'darwin' ? ['--locale=C', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8'];
    execFileSync(
      join(binaries.folder, 'bin', 'initdb'),
      [
        `--pgdata=${draft}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256', // trust on a TCP port would make every local user a superuser
        '--encoding=UTF8',
        '--locale-provider=builtin',
        ...locale,
        ...(fsync ? [] : ['--no-sync']),
      ],
      { ...user, cwd: dirname(draft), env: serverEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
    );
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`initdb failed: ${stderr?.trim() || (error as Error).message}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Plain surroundings: no PG* variable of the caller changes what the server does, and its messages are English. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|NODE_)/.test(name)));
  return { ...env, LC_ALL: 'C', TZ: 'UTC' };
}
