import { undefused } from './csv-text.ts';
import type { Kind } from './kinds/kind.ts';
import type { Notes } from './notes.ts';
import { bindHeader, type Binding } from './row-check.ts';
import type { RowSource, SourceRow } from './rows.ts';

/** A file opened as rows of a kind. */
export interface OpenRows {
  readonly source: RowSource;
  readonly binding: Binding;
  /** a file of refused rows that comes back: its cells were defused when it was written */
  readonly mended: boolean;
}

/** Finds the kind's columns in a source and notes what is ignored. @throws InvalidInput for a header that cannot be used */
export function openRows(source: RowSource, kind: Kind, file: string, notes: Notes): OpenRows {
  const binding = bindHeader(kind, source.header, file);
  const mended = source.header.at(-1) === 'error';
  for (const name of binding.unknown) {
    if (!(mended && name === 'error')) notes.say(`column "${name}" is unknown and ignored`);
  }
  return { source, binding, mended };
}

/** A row as it was before it was defused for an error file. */
export function asSent(row: SourceRow, mended: boolean): SourceRow {
  return mended ? { ...row, fields: row.fields.map(undefused) } : row;
}
