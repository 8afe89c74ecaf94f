import { writeFileSync } from 'node:fs';
import { strToU8, zipSync, type Zippable } from 'fflate';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

export interface RawWorkbook {
  /** inside <sheetData> */
  readonly rows: string;
  /** behind </sheetData> */
  readonly after?: string;
  /** inside <workbook>, before <sheets> */
  readonly workbookPr?: string;
  /** <si> items */
  readonly strings?: string;
  /** number format codes of the styles 1, 2, 3 … */
  readonly formats?: readonly string[];
  readonly sheets?: readonly string[];
  /** further or other parts */
  readonly parts?: Readonly<Record<string, string | Uint8Array>>;
}

/** Parts of a workbook whose XML is written by hand, so that tests can say exactly what stands in a cell. */
export function workbookParts(workbook: RawWorkbook): Record<string, Uint8Array> {
  const { rows, after = '', workbookPr = '', strings = '', formats = [], sheets = ['Data'], parts = {} } = workbook;
  const sheet = (content: string): string =>
    `${XML}<worksheet xmlns="${MAIN}"><sheetData>${content}</sheetData>${after}</worksheet>`;
  const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
  const texts: Record<string, string | Uint8Array> = {
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATION}">${workbookPr}<sheets>${sheets
      .map((name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheets
      .map(
        (_, i) => `<Relationship Id="rId${i + 1}" Type="${RELATION}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
      )
      .join(
        '',
      )}<Relationship Id="rId98" Type="${RELATION}/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId99" Type="${RELATION}/styles" Target="styles.xml"/></Relationships>`,
    'xl/sharedStrings.xml': `${XML}<sst xmlns="${MAIN}">${strings}</sst>`,
    'xl/styles.xml': `${XML}<styleSheet xmlns="${MAIN}"><numFmts>${formats
      .map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${escaped(code)}"/>`)
      .join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
      .map((_, i) => `<xf numFmtId="${164 + i}"/>`)
      .join('')}</cellXfs></styleSheet>`,
  };
  sheets.forEach((_, i) => (texts[`xl/worksheets/sheet${i + 1}.xml`] = sheet(i === 0 ? rows : '')));
  return Object.fromEntries(
    Object.entries({ ...texts, ...parts }).map(([name, content]) => [
      name,
      typeof content === 'string' ? strToU8(content) : content,
    ]),
  );
}

export function writeXlsx(path: string, parts: Zippable): string {
  writeFileSync(path, zipSync(parts));
  return path;
}

/** A row of inline strings, numbers stay numbers. */
export function rowXml(number: number, values: readonly (string | number)[]): string {
  const cells = values.map((value, i) => {
    const ref = `${String.fromCharCode(65 + i)}${number}`;
    return typeof value === 'number'
      ? `<c r="${ref}"><v>${value}</v></c>`
      : `<c r="${ref}" t="inlineStr"><is><t>${value}</t></is></c>`;
  });
  return `<row r="${number}">${cells.join('')}</row>`;
}
