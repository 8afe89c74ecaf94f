import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../domain/errors.ts';

/** Who the server runs as; undefined: as we do. PostgreSQL refuses to run as root. */
export type ServerUser = { readonly uid: number; readonly gid: number } | undefined;

/**
 * As root: the owner of the data when there is some, else `postgres`, else `nobody`; a user is never created, and
 * PostgreSQL refuses a number without a name.
 */
export function serverUser(dataDirectory: string | undefined): ServerUser {
  if (process.getuid?.() !== 0) return undefined;
  if (dataDirectory !== undefined) {
    const { uid, gid } = statSync(dataDirectory);
    if (uid !== 0) return { uid, gid };
  }
  for (const name of ['postgres', 'nobody']) {
    const user = namedUser(name);
    if (user !== undefined && canRunAs(user)) return user;
  }
  throw new Refusal(
    'no_embedded_postgres',
    'PostgreSQL does not run as root, and this machine lets us run it neither as user postgres nor as nobody',
    { next: 'run as an ordinary user, or set DATABASE_URL to a PostgreSQL 15 or later' },
  );
}

function namedUser(name: string): ServerUser {
  const numberOf = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }).trim());
  try {
    const user = { uid: numberOf('-u'), gid: numberOf('-g') };
    return user.uid === 0 ? undefined : user;
  } catch {
    return undefined;
  }
}

/** False in containers that map no other user. */
const canRunAs = (user: ServerUser): boolean =>
  spawnSync('/bin/sh', ['-c', ':'], { ...user, stdio: 'ignore' }).status === 0;

/** Whether the server's user passes all folders on the way and reads these files. */
export function reaches(user: ServerUser, ...paths: string[]): boolean {
  if (user === undefined) return true;
  const script = 'for p in "$@"; do test -r "$p" || test -x "$p" || exit 1; done';
  return spawnSync('/bin/sh', ['-c', script, 'sh', ...paths], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

/**
 * A folder of root's that the server's user can reach, for what lies out of its reach (below /root, or under umask
 * 077). /var/lib keeps data over a reboot; the other two serve where it cannot be written. A folder that somebody
 * else could have prepared is passed over.
 */
export function reachableFolder(user: ServerUser): string {
  for (const parent of ['/var/lib', '/var/tmp', tmpdir()]) {
    const folder = join(parent, 'answerable');
    try {
      mkdirSync(folder);
      chmodSync(folder, 0o755); // whatever the umask
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') continue;
    }
    const made = lstatSync(folder);
    if (made.isDirectory() && made.uid === 0 && (made.mode & 0o022) === 0 && reaches(user, folder)) return folder;
  }
  throw new Refusal('no_embedded_postgres', 'there is no folder that both root and the database server can use', {
    next: 'run as an ordinary user, or set DATABASE_URL to a PostgreSQL 15 or later',
  });
}
