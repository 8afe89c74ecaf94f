import { CopyWriter, copyLine } from '../persistence/copy.ts';
import { anyKeyTwice, makeStage, writeVersions } from '../persistence/staging.queries.ts';
import { FileAttempt, type KindBooks } from './file-attempt.ts';
import { asSent } from './row-reader.ts';
import { recordTexts } from './stage-columns.ts';

/** A file of records: versions, of which the newest stands. */
export class RecordFile extends FileAttempt {
  protected override async stage(books: KindBooks): Promise<Set<number>> {
    const { tx, file, of, totals } = this;
    const statement = (await makeStage(tx, of))(['ordinal', 'line', ...of.columns], 'text');
    const rows = await this.openRows();
    const check = this.rowCheck(rows, books);
    const texts = recordTexts(file.kind);
    const copy = await CopyWriter.open(tx, statement);
    try {
      let ordinal = 0;
      let text = '';
      for await (const batch of rows.source.rows) {
        for (const row of batch) {
          ordinal++;
          const checked = check.check(asSent(row, rows.mended));
          if (checked === undefined) continue;
          totals.add(checked);
          text += copyLine([String(ordinal), String(checked.line), ...texts(checked)]);
          if (text.length < 256 * 1024) continue;
          await copy.write(text);
          text = '';
        }
        file.onRows?.(ordinal, rows.source.bytesRead?.() ?? 0);
      }
      if (text !== '') await copy.write(text);
      await copy.end();
    } catch (error) {
      copy.abort(error as Error);
      throw error;
    }
    return check.settlePending();
  }

  protected override async distinct(): Promise<boolean> {
    return !(await anyKeyTwice(this.tx, this.of));
  }

  protected override async write(importId: string): Promise<void> {
    await writeVersions(this.tx, this.of, importId);
  }
}
