import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own in memory, that a test can fill to the last page and free again. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** @returns undefined where one may not mount */
  static mount(megabytes: number): SmallDisk | undefined {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
    const path = mkdtempSync(join(tmpdir(), 'answerable-small-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', path], { stdio: 'pipe' });
      return new SmallDisk(path);
    } catch {
      rmdirSync(path);
      return undefined;
    }
  }

  /** Fills it until so many bytes are left (whole pages of 4 KiB). */
  fill(left: number): void {
    const { bavail, bsize } = statfsSync(this.path);
    const page = Buffer.alloc(bsize);
    const file = openSync(this.ballast, 'w');
    for (let i = 0; i < bavail - Math.floor(left / bsize); i++) writeSync(file, page);
    closeSync(file);
  }

  free(): void {
    rmSync(this.ballast, { force: true });
  }

  end(): void {
    execFileSync('umount', ['-l', this.path], { stdio: 'pipe' });
    rmdirSync(this.path);
  }

  private get ballast(): string {
    return join(this.path, 'ballast');
  }
}
