import type { Frame } from '../plan/frame.ts';
import { number, text } from '../plan/sheet.ts';

/** Purpose, contents with links, key of formats, signs, how to raise a query: one page for who opens the file first. */
export function buildAbout(frame: Frame): void {
  const sheet = frame.sheet('about');
  frame.head(sheet);
  let row = 6;
  const section = (key: string) => {
    frame.section(sheet, row, `about.${key}`);
    sheet.put('text', row, text(null), 'Section');
    row += 1;
  };
  const line = (item: string, words: string, style = 'LabelTop') => {
    sheet.put('item', row, text(item), style);
    sheet.put('text', row, text(words), 'Wrapped');
    row += 1;
  };
  section('purpose');
  row += 1; // wrapped text begins at the upper edge of its row, where the heading's rule is
  const scope = frame.model.scope;
  for (const item of ['what', 'how', 'change', 'query'])
    line(frame.label(`about.${item}`), frame.label(`about.${item}.${scope}`));
  row += 1;
  section('contents');
  for (const [key, target] of frame.sheets) {
    const kind = key.split(':')[0]!;
    const tip = frame.label('link.tip', { sheet: target.name });
    sheet.put('item', row, { kind: 'link', text: target.name, sheet: target.name, cell: 'A1', tip }, 'Link');
    const group = frame.label(`about.kind.${target.layout.kind}`);
    sheet.put('text', row, text(`${group}: ${frame.label(`${kind}.about`)}`), 'Label');
    row += 1;
  }
  row += 1;
  section('key');
  const samples = [
    ['Input', '1234.5'],
    ['Import', '1234.5'],
    ['Calc', '1234.5'],
    ['Posted', '1234.5'],
  ] as const;
  for (const [style, sample] of samples) {
    sheet.put('item', row, number(Number(sample)), style, 'money');
    sheet.put('text', row, text(frame.label(`about.style.${style}`)), 'Indented');
    row += 1;
  }
  for (const mark of ['brackets', 'zero', 'rounding', 'status'])
    line(frame.label(`about.${mark}`), frame.label(`about.${mark}.means`));
}
