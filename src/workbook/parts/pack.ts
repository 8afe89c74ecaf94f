import type { Frame } from '../plan/frame.ts';
import type { Skeleton } from '../write/skeleton.ts';
import { addCharts } from './charts.ts';
import { nameStyles } from './named-styles.ts';
import { OfficePackage } from './package.ts';
import { addTables, ignoredErrorsXml, rulesXml } from './sheet-parts.ts';
import { rowChunks, splitAtSample } from './streamed-rows.ts';
import { XML_HEAD, xmlContent, xmlText } from './xml.ts';
import { ZipWriter, type Sink } from './zip.ts';

/**
 * What the spreadsheet library cannot do, after it: native charts, tables, links, named styles, ranges by name, our
 * theme, the run's identity as document properties, streamed rows; zipped to the same bytes every time.
 */
export function packWorkbook(frame: Frame, skeleton: Skeleton, sink: Sink): void {
  const pack = new OfficePackage(skeleton.bytes);
  const parts = pack.sheetParts();
  nameStyles(pack, skeleton.samples);
  const count = { drawings: 0, charts: 0, tables: 0 };
  for (const sheet of frame.sheets.values()) {
    const part = parts.get(sheet.name)!;
    const drawing = addCharts(pack, part, sheet, frame.template, (name) => skeleton.styles.code(name), count);
    const tables = addTables(pack, part, sheet, count);
    const rules = rulesXml(sheet);
    if (rules !== '') pack.replace(part, '<printOptions', `${rules}<printOptions`);
    pack.replace(part, '</worksheet>', `${ignoredErrorsXml(sheet)}${drawing}${tables}</worksheet>`);
  }
  nameRanges(frame, pack);
  pack.set('xl/theme/theme1.xml', frame.template.theme);
  addProperties(frame, pack);
  writeParts(frame, pack, parts, sink);
}

/** Ranges by which `verify` finds the posted figures whatever the language of the sheets. */
function nameRanges(frame: Frame, pack: OfficePackage): void {
  const names = [...frame.ranges].sort(([a], [b]) => (a < b ? -1 : 1));
  const xml = names.map(([name, range]) => `<definedName name="${name}">${xmlContent(range)}</definedName>`).join('');
  pack.replace('xl/workbook.xml', '</definedNames>', `${xml}</definedNames>`);
}

/** File → Info: a copy that lost its name can be traced. */
function addProperties(frame: Frame, pack: OfficePackage): void {
  const { run, resultHash, period } = frame.model;
  const properties = [
    ['Run', run.id ?? ''],
    ['Run hash', run.hash],
    ['Result hash', resultHash],
    ['Period', period],
    ['Template', frame.template.version],
  ] as const;
  const xml = properties
    .map(
      ([name, value], i) =>
        `<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="${i + 2}" name="${xmlText(name)}"><vt:lpwstr>${xmlContent(value)}</vt:lpwstr></property>`,
    )
    .join('');
  pack.add(
    'docProps/custom.xml',
    'application/vnd.openxmlformats-officedocument.custom-properties+xml',
    `${XML_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">${xml}</Properties>`,
  );
  pack.relate('.', 'custom-properties', 'docProps/custom.xml');
  const language = `<dc:language>${frame.template.language}</dc:language>`;
  pack.replace('docProps/core.xml', '</cp:coreProperties>', `${language}</cp:coreProperties>`);
}

function writeParts(frame: Frame, pack: OfficePackage, parts: ReadonlyMap<string, string>, sink: Sink): void {
  const streamed = new Map(
    [...frame.sheets.values()].filter((sheet) => sheet.streamed).map((sheet) => [parts.get(sheet.name)!, sheet]),
  );
  const zip = new ZipWriter(sink);
  const first = ['[Content_Types].xml', '_rels/.rels'];
  const others = pack.names.filter((name) => !first.includes(name)).sort();
  for (const name of [...first, ...others]) {
    const sheet = streamed.get(name);
    if (sheet === undefined || sheet.streamed!.count === 0) zip.add(name, pack.bytes(name));
    else {
      const { first: row, count, columns } = sheet.streamed!;
      const full = `<dimension ref="A1:${columns.at(-1)}${row + count - 1}"/>`;
      const split = splitAtSample(pack.text(name).replace(/<dimension ref="[^"]*"\/>/, full), row);
      zip.add(name, chunksOf(split.before, rowChunks(sheet, split), split.after));
    }
  }
  zip.end();
}

function* chunksOf(before: string, rows: Iterable<string>, after: string): Generator<string> {
  yield before;
  yield* rows;
  yield after;
}
