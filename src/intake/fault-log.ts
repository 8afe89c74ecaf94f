import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputFault } from '../domain/errors.ts';
import { faultText } from '../domain/errors.ts';
import { csvLine, defused } from './csv-text.ts';
import type { RowFault } from './rows.ts';

/** Faults named in an answer; all of them stand in the error file. */
export const FAULTS_SHOWN = 1000;

/** All faults of a file: the first thousand at hand, the rest on disk, so that a million bad rows need no memory. */
export class FaultLog {
  count = 0;
  /** rows with at least one fault */
  rows = 0;
  structural = false;
  readonly shown: InputFault[] = [];
  private lastLine = -1;
  private spool: number | undefined;
  private pending = '';

  readonly add = (fault: RowFault): void => {
    this.count++;
    // A fault of the whole file is not one more row.
    if (fault.line !== undefined && fault.line !== this.lastLine) this.rows++;
    this.lastLine = fault.line ?? -1;
    this.structural ||= fault.structural === true;
    if (this.shown.length < FAULTS_SHOWN) {
      const { fields: _, structural: __, ...shown } = fault;
      this.shown.push(shown);
    }
    this.pending += JSON.stringify(fault) + '\n';
    if (this.pending.length > 256 * 1024) this.flush();
  };

  /** The file has no name on disk, so that nothing is left after a kill. */
  private flush(): void {
    if (this.spool === undefined) {
      const path = join(tmpdir(), `answerable-faults-${randomBytes(8).toString('hex')}`);
      this.spool = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
    }
    writeSync(this.spool, this.pending);
    this.pending = '';
  }

  /** Faults in the order they came, read back from disk. */
  *all(): Generator<RowFault> {
    this.flush();
    const chunk = Buffer.allocUnsafe(256 * 1024);
    let rest = Buffer.alloc(0);
    let position = 0;
    for (;;) {
      const length = readSync(this.spool!, chunk, 0, chunk.length, position);
      if (length === 0) return;
      position += length;
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      const end = bytes.lastIndexOf(0x0a);
      rest = Buffer.from(bytes.subarray(end + 1));
      for (const line of bytes.toString('utf8', 0, Math.max(end, 0)).split('\n')) {
        if (line !== '') yield JSON.parse(line) as RowFault;
      }
    }
  }

  /**
   * The refused rows as CSV with the header of the file and a column `error`, to be mended and loaded again. Cells that
   * a spreadsheet would take for formulas are defused; the loader of a file with a column `error` undoes that.
   */
  async writeErrorFile(path: string, header: readonly string[]): Promise<void> {
    const file = await open(path, 'w', 0o600);
    try {
      let text = csvLine([...header, 'error']);
      let row: { line: number | undefined; fields: readonly string[]; errors: string[] } | undefined;
      const finish = (): void => {
        if (row === undefined) return;
        const cells = header.map((_, c) => row!.fields[c] ?? '');
        if (row.fields.length > header.length) row.errors.push(`the row as it came: ${csvLine(row.fields).trimEnd()}`);
        text += csvLine([...cells, row.errors.join('; ')].map(defused));
      };
      for (const fault of this.all()) {
        if (row === undefined || fault.line !== row.line || fault.line === undefined) {
          finish();
          row = { line: fault.line, fields: fault.fields ?? [], errors: [] };
        }
        row.errors.push(faultText({ ...fault, file: '' }));
        if (text.length > 256 * 1024) {
          await file.write(text);
          text = '';
        }
      }
      finish();
      await file.write(text);
    } finally {
      await file.close();
    }
  }

  close(): void {
    if (this.spool !== undefined) closeSync(this.spool);
    this.spool = undefined;
  }
}
