import type { Frame } from '../plan/frame.ts';
import { calc, number, text } from '../plan/sheet.ts';

/** What decisions and service did to revenue, by window, and the three pillars beside it: management lines, never journalled. */
export function buildValue(frame: Frame): void {
  const { windows, pillars } = frame.model.value!;
  const sheet = frame.sheet('value');
  frame.head(sheet);
  let row = sheet.layout.headerRow;
  const columns = ['item', 'days', 'estimate', 'low', 'high', 'posted', 'state'];
  for (const effect of ['decision', 'service'] as const) {
    const own = windows.filter((window) => window.effect === effect);
    if (own.length === 0) continue;
    columns.forEach((column, i) =>
      sheet.put(
        column,
        row,
        text(frame.label(`value.column.${column}`)),
        i === 0 || i === 6 ? 'Header' : 'HeaderRight',
      ),
    );
    sheet.put('item', row, text(frame.label(`value.effect.${effect}`)), 'Header');
    const first = row + 1;
    for (const window of own) {
      row += 1;
      sheet.put('item', row, text(frame.label('value.window', { days: String(window.days) })), 'Label');
      sheet.put('days', row, number(window.days), 'Label');
      for (const figure of ['estimate', 'low', 'high', 'posted'] as const)
        sheet.put(figure, row, number(frame.money(window[figure])), 'Posted');
      sheet.put('state', row, text(frame.label(window.final ? 'value.final' : 'value.provisional')), 'Unit');
    }
    row += 1;
    const total = frame.money(own.reduce((sum, { posted }) => sum + posted, 0n));
    for (const column of columns) sheet.put(column, row, text(null), 'Total');
    sheet.put('item', row, text(frame.label('value.posted')), 'LabelTotal');
    sheet.put('posted', row, calc(`SUM(${sheet.at('posted', first)}:${sheet.at('posted', row - 1)})`, total), 'Total');
    row += 3;
  }
  for (const pillar of ['protect', 'grow', 'strengthen'] as const) {
    const own = pillars.filter((measure) => measure.pillar === pillar);
    if (own.length === 0) continue;
    frame.section(sheet, row, `value.pillar.${pillar}`);
    sheet.put('estimate', row, text(frame.label('value.column.now')), 'HeaderRight');
    sheet.put('low', row, text(frame.label('value.column.before')), 'HeaderRight');
    sheet.put('high', row, text(frame.label('value.column.change')), 'HeaderRight');
    for (const measure of own) {
      row += 1;
      sheet.put('item', row, text(measure.measure), 'Label', 'text');
      sheet.put('days', row, text(measure.unit), 'Unit', 'text');
      sheet.put('estimate', row, number(measure.value), 'Posted', 'share');
      if (measure.before === null) continue;
      sheet.put('low', row, number(measure.before), 'Posted', 'share');
      const change = `${sheet.at('estimate', row)}-${sheet.at('low', row)}`;
      sheet.put('high', row, calc(change, measure.value - measure.before), 'Calc', 'share');
    }
    row += 2;
  }
}
