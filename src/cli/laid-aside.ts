import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** Values in files, so that the process whose memory is measured does not hold what is only compared later. */
export class LaidAside {
  /** @param folder is emptied */
  constructor(private readonly folder: string) {
    this.remove();
    mkdirSync(folder, { recursive: true });
  }

  put(name: string, value: unknown): void {
    writeFileSync(join(this.folder, name), serialize(value));
  }

  /** What was put there under the name. */
  take(name: string): unknown {
    return deserialize(readFileSync(join(this.folder, name)));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
