import { invariant } from '../../domain/errors.ts';
import type { Sheet } from '../plan/sheet.ts';
import { cellText } from '../plan/text.ts';
import { xmlContent } from './xml.ts';

/** Rows that a sheet can hold. */
export const SHEET_ROWS = 1_048_576;
/** Small: what a chunk leaves behind is collected late, and large ones cost a third more memory. */
const CHUNK_ROWS = 200;

/** A sheet's part before and after its streamed rows; the sample row between them lends the cells its styles. */
export interface SplitSheet {
  readonly before: string;
  readonly after: string;
  /** style attribute by column letters */
  readonly styles: ReadonlyMap<string, string>;
}

export function splitAtSample(xml: string, row: number): SplitSheet {
  const start = xml.indexOf(`<row r="${row}"`);
  const end = xml.indexOf('</row>', start) + '</row>'.length;
  invariant(start > 0 && end > start, `there is no sample row ${row}`);
  const sample = xml.slice(start, end);
  const styles = new Map(
    [...sample.matchAll(/<c r="([A-Z]+)\d+"([^>]*?)\/?>/g)].map((match) => [
      match[1]!,
      / s="\d+"/.exec(match[2]!)?.[0] ?? '',
    ]),
  );
  return { before: xml.slice(0, start), after: xml.slice(end), styles };
}

/** XML of the rows in chunks, so that memory does not grow with their number. @throws when they do not fit a sheet */
export function* rowChunks(sheet: Sheet, split: SplitSheet): Generator<string> {
  const { first, columns, rows, count } = sheet.streamed!;
  invariant(first + count - 1 <= SHEET_ROWS, `${count} rows do not fit a sheet that begins at row ${first}`);
  const cells = columns.map((column) => ({ column, style: split.styles.get(column) ?? '' }));
  let row = first;
  let chunk: string[] = [];
  for (const values of rows()) {
    let line = `<row r="${row}">`;
    cells.forEach(({ column, style }, i) => {
      const value = values[i];
      if (value === null || value === undefined || value === '') return;
      line +=
        typeof value === 'number'
          ? `<c r="${column}${row}"${style}><v>${value}</v></c>`
          : `<c r="${column}${row}"${style} t="inlineStr"><is><t xml:space="preserve">${xmlContent(cellText(value))}</t></is></c>`;
    });
    chunk.push(line, '</row>');
    row += 1;
    if (chunk.length >= CHUNK_ROWS * 2) {
      yield chunk.join('');
      chunk = [];
    }
  }
  invariant(row - first === count, `${count} rows were announced, ${row - first} came`);
  yield chunk.join('');
}
