import type { Frame } from '../plan/frame.ts';
import { text } from '../plan/sheet.ts';

/** The detail behind the volumes, row after row: streamed, because it can be longer than a workbook's memory. */
export function buildDrillDown(frame: Frame): void {
  const sheet = frame.sheet('drillDown');
  const rows = frame.model.drillDown!.rows!;
  frame.head(sheet);
  frame.headers(sheet);
  const first = sheet.layout.headerRow + 1;
  sheet.columns.forEach(({ key, format }) =>
    sheet.put(key, first, text(null), format ? 'Input' : 'Label', format ?? 'text'),
  );
  sheet.streamed = {
    first,
    count: rows.count,
    columns: sheet.columns.map(({ key }) => sheet.col(key)),
    rows: () => rows,
  };
  const last = first + Math.max(rows.count, 1) - 1;
  frame.addTable('drillDown', sheet, first, rows.count);
  sheet.tables.push({
    name: 'tblContacts',
    first: sheet.columns[0]!.key,
    last: sheet.columns.at(-1)!.key,
    headerRow: first - 1,
    lastRow: last,
  });
}
