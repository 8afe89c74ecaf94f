import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installedBinaries, runnableBinaries } from '../../src/embedded/binaries.ts';
import { serverUser } from '../../src/embedded/server-user.ts';

describe('the binaries', () => {
  it.each([
    ['linux', 'riscv64'],
    ['win32', 'arm64'],
    ['freebsd', 'x64'],
  ])('are missed clearly on %s %s, with the way out', (platform, arch) => {
    expect(() => installedBinaries(platform, arch)).toThrow(
      expect.objectContaining({
        code: 'no_embedded_postgres',
        next: expect.stringContaining('DATABASE_URL') as string,
      }) as Error,
    );
  });

  describe('of a package that the server cannot use where it lies', () => {
    const ours = installedBinaries();
    const version = `${ours.version}-test-${process.pid}`;
    const user = serverUser(undefined);
    let folder: string;
    let copy: string | undefined;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'answerable-test-'));
      mkdirSync(join(folder, 'package'));
      cpSync(ours.folder, join(folder, 'package', 'native'), { recursive: true, verbatimSymlinks: true });
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
      if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
    });
    const native = (): string => join(folder, 'package', 'native');
    const run = (binaries: { folder: string }): string =>
      execFileSync(join(binaries.folder, 'bin', 'postgres'), ['--version'], {
        ...user,
        cwd: '/',
        encoding: 'utf8',
        stdio: 'pipe',
      });

    it('get their library links without an install script', () => {
      chmodSync(folder, 0o755);
      const lib = join(native(), 'lib');
      for (const name of readdirSync(lib))
        if (/^lib(icu|pq).*\.so(\.\d+)?$/.test(name) && name !== 'libpqwalreceiver.so') unlinkSync(join(lib, name));
      expect(() => run({ folder: native() })).toThrow();
      const runnable = runnableBinaries({ folder: native(), version }, user, folder);
      expect(runnable.folder).toBe(native());
      expect(run(runnable)).toContain('PostgreSQL');
    });

    (user === undefined ? it.skip : it)('are copied for root, once, when the folder is closed to others', () => {
      chmodSync(folder, 0o700);
      const runnable = runnableBinaries({ folder: native(), version }, user, folder);
      copy = runnable.folder;
      expect(copy).not.toContain(folder);
      expect(run(runnable)).toContain('PostgreSQL');
      expect(runnableBinaries({ folder: native(), version }, user, folder).folder).toBe(copy);
      expect(readdirSync(dirname(copy)).filter((name) => name.includes('draft'))).toEqual([]);
      expect(existsSync(join(copy, 'share', 'postgresql', 'postgres.bki'))).toBe(true);
    });
  });
});
