import { hash } from 'node:crypto';
import type { CodeMaker } from './code-making.ts';
import type { Mapping } from './mapping-language.ts';
import type { SourceRow } from './rows.ts';

/** Why a value of theirs cannot become one of ours. */
export class ValueFault extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly value: string,
    /** their column, or ours when several make the value */
    readonly column: string,
  ) {
    super(message);
  }
}

/** What the rules of one file share: its columns, and what they count. */
export interface Compilation {
  readonly mapping: Mapping;
  /** index of the first of these columns that the file has; undefined when it has none */
  readonly find: (names: readonly string[]) => number | undefined;
  readonly codes: Map<string, CodeMaker>;
  readonly rowIds: RowIds;
}

/** Ordinals of equal rows: how often each whole row has come so far. */
export class RowIds {
  private readonly seen = new Map<string, number>();
  equalRows = 0;

  constructor(private readonly most: number) {}

  next(row: SourceRow): string {
    const digest = hash('sha256', row.fields.join('\u001f')).slice(0, 20);
    const ordinal = (this.seen.get(digest) ?? 0) + 1;
    if (ordinal > 1) this.equalRows++;
    else if (this.seen.size >= this.most) {
      throw new RangeError(`more than ${this.most} rows without an id of their own`);
    }
    this.seen.set(digest, ordinal);
    return `${digest}-${ordinal}`;
  }
}
