import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { installedBinaries, runnableBinaries } from '../../src/embedded/binaries.ts';
import { serverEnvironment } from '../../src/embedded/data-directory.ts';
import { startPostmaster } from '../../src/embedded/postmaster.ts';
import { serverUser } from '../../src/embedded/server-user.ts';

/** Folder of an installed PostgreSQL of this major version, found on the path or where Debian puts it. */
export function installedMajor(major: number): string | undefined {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), `/usr/lib/postgresql/${major}/bin`];
  return places
    .map((place) => join(place, 'postgres'))
    .filter((file) => existsSync(file) && existsSync(join(dirname(realpathSync(file)), 'initdb')))
    .find((file) => versionOf(file) === major)
    ?.replace(/^.*$/, (file) => dirname(dirname(realpathSync(file))));
}

function versionOf(file: string): number {
  try {
    return Number(/(\d+)\./.exec(execFileSync(file, ['--version'], { encoding: 'utf8', stdio: 'pipe' }))?.[1]);
  } catch {
    return 0;
  }
}

/** A throw-away server without anything of ours, from the PostgreSQL in `folder`. */
export async function startInstalled(folder: string): Promise<{ adminUrl: string; stop: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'answerable-test-'));
  chmodSync(home, 0o711);
  const [data, log] = [join(home, 'data'), join(home, 'server.log')];
  const user = serverUser(undefined);
  const ours = installedBinaries();
  const binaries = folder === ours.folder ? runnableBinaries(ours, user, home) : { folder, version: 'installed' };
  const passwordFile = join(home, 'password');
  writeFileSync(log, '');
  writeFileSync(passwordFile, 'only-here', { mode: 0o600 });
  if (user !== undefined) {
    chownSync(home, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  const options = [
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
    `--pwfile=${passwordFile}`,
  ];
  const surroundings = { ...user, cwd: home, env: serverEnvironment(), stdio: 'pipe' } as const;
  execFileSync(join(binaries.folder, 'bin', 'initdb'), ['-D', data, ...options], surroundings);
  const postmaster = await startPostmaster({
    binaries,
    dataDirectory: data,
    user,
    log,
    wantedPort: undefined,
    settings: { fsync: 'off' },
    onRecovery: () => undefined,
  });
  return {
    adminUrl: `postgresql://postgres:only-here@127.0.0.1:${postmaster.port}/postgres`,
    stop: async () => {
      await postmaster.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
