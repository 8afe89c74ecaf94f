import { invariant } from '../../domain/errors.ts';
import type { Sheet } from '../plan/sheet.ts';
import { columnIndex, columnLetters, quotedSheet } from '../plan/text.ts';
import type { OfficePackage } from './package.ts';
import { XML_HEAD, xmlContent, xmlText } from './xml.ts';

const TABLE_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** Input rules and links inside the workbook, in the order of the schema. */
export function rulesXml(sheet: Sheet): string {
  return validationsXml(sheet) + linksXml(sheet);
}

function validationsXml(sheet: Sheet): string {
  if (sheet.validations.length === 0) return '';
  const rules = sheet.validations.map(({ range, type, formulae, prompt, error }) => {
    const operator = type === 'list' ? '' : ' operator="between"';
    const formulas = formulae
      .map((formula, i) => `<formula${i + 1}>${xmlContent(String(formula).replace(/^=/, ''))}</formula${i + 1}>`)
      .join('');
    return `<dataValidation type="${type}"${operator} allowBlank="1" showInputMessage="1" showErrorMessage="1" error="${xmlText(error)}" prompt="${xmlText(prompt)}" sqref="${range}">${formulas}</dataValidation>`;
  });
  return `<dataValidations count="${rules.length}">${rules.join('')}</dataValidations>`;
}

function linksXml(sheet: Sheet): string {
  const links: string[] = [];
  for (const [row, cells] of sheet.rows) {
    for (const [column, { content }] of cells) {
      if (content.kind !== 'link') continue;
      const location = xmlText(`${quotedSheet(content.sheet)}!${content.cell}`);
      links.push(
        `<hyperlink ref="${columnLetters(column)}${row}" location="${location}" tooltip="${xmlText(content.tip)}" display="${xmlText(content.text)}"/>`,
      );
    }
  }
  return links.length === 0 ? '' : `<hyperlinks>${links.join('')}</hyperlinks>`;
}

/** Codes that look like numbers stay texts; the program need not mark them. */
export function ignoredErrorsXml(sheet: Sheet): string {
  const last = Math.max(sheet.lastRow, sheet.streamed ? sheet.streamed.first + sheet.streamed.count - 1 : 0);
  const range = `A1:${columnLetters(sheet.columns.length)}${last}`;
  return `<ignoredErrors><ignoredError sqref="${range}" numberStoredAsText="1"/></ignoredErrors>`;
}

/** Numbers the tables of a package; their names are unique without case. */
export interface TableCount {
  tables: number;
}

/** Adds a sheet's tables: filters and names by which other programs find the rows. */
export function addTables(pack: OfficePackage, part: string, sheet: Sheet, count: TableCount): string {
  if (sheet.tables.length === 0) return '';
  const parts = sheet.tables.map((table) => {
    count.tables += 1;
    const [first, last] = [columnIndex(sheet.col(table.first)), columnIndex(sheet.col(table.last))];
    const ref = `${columnLetters(first)}${table.headerRow}:${columnLetters(last)}${table.lastRow}`;
    const titles = new Set<string>();
    const columns: string[] = [];
    for (let column = first; column <= last; column++) {
      const header = sheet.rows.get(table.headerRow)?.get(column)?.content;
      invariant(header?.kind === 'text', `table ${table.name} has a column without a header`);
      const title = header.text;
      invariant(!titles.has(title.toLowerCase()), `table ${table.name} has two columns "${title}"`);
      titles.add(title.toLowerCase());
      columns.push(`<tableColumn id="${columns.length + 1}" name="${xmlText(title)}"/>`);
    }
    const xml = `${XML_HEAD}<table xmlns="${MAIN}" id="${count.tables}" name="${table.name}" displayName="${table.name}" ref="${ref}" totalsRowShown="0"><autoFilter ref="${ref}"/><tableColumns count="${columns.length}">${columns.join('')}</tableColumns><tableStyleInfo name="TableStyleLight1" showFirstColumn="0" showLastColumn="0" showRowStripes="0" showColumnStripes="0"/></table>`;
    pack.add(`xl/tables/table${count.tables}.xml`, TABLE_TYPE, xml);
    return `<tablePart r:id="${pack.relate(part, 'table', `../tables/table${count.tables}.xml`)}"/>`;
  });
  return `<tableParts count="${parts.length}">${parts.join('')}</tableParts>`;
}
