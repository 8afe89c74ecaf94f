import { Refusal } from '../domain/errors.ts';
import { minorDigits } from '../domain/money.ts';
import { SHELL_LIMITS } from '../intake/file-limits.ts';
import { columnIndex } from '../intake/xlsx-cells.ts';
import { gatedXlsx, type GatedXlsx } from '../intake/xlsx-gate.ts';
import { readPart, readWorkbook } from '../intake/xlsx-parts.ts';
import { TIE_OUT, type PostedResult } from '../workbook/result.ts';
import { RESULT_KEPT } from '../workbook/sheets/keys.ts';

export interface SavedWorkbook {
  readonly posted: PostedResult;
  /** the result hash that the file states */
  readonly stated: string;
}

interface Area {
  readonly sheet: string;
  readonly column: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The posted figures of a workbook, also of a copy that another program saved: found by the names of their cells, in
 * whatever language the sheets are. The file is read like any that comes from outside.
 * @throws InvalidInput when it is no workbook, Refusal not_ours when it is none of ours
 */
export async function readSavedWorkbook(path: string, file = path, limits = SHELL_LIMITS): Promise<SavedWorkbook> {
  const xlsx = await gatedXlsx(path, file, limits);
  try {
    const names = await definedNames(xlsx, file);
    const cells = await cellsOf(xlsx, file, [...names.values()]);
    const column = (name: string) => {
      const area = names.get(name);
      return area === undefined ? [] : cells(area);
    };
    const fact = (name: string): string => {
      const [text] = column(`Run_${name}`);
      if (text === undefined)
        throw new Refusal('not_ours', `${file} has no cell named Run_${name}: it is none of our workbooks`, {
          next: 'answerable verify --help',
        });
      return text;
    };
    const currency = fact('currency');
    const digits = minorDigits(currency) ?? 2;
    const amount = (text: string | undefined) =>
      Number(text)
        .toFixed(digits)
        .replace(/^-(?=0\.?0*$)/, '');
    const pairs = (ids: string, amounts: string) => {
      const own = column(amounts);
      return column(ids).flatMap((id, i) => (id === '' ? [] : [[id, amount(own[i])] as const]));
    };
    const pools = column('Posted_resultPools');
    const numbers = column('Posted_resultNos');
    const kept = column('Posted_resultAmounts');
    return {
      stated: fact('resultHash'),
      posted: {
        template: fact('templateVersion'),
        company: fact('company'),
        period: fact('period'),
        currency,
        run: fact('runHash'),
        unit: names.has('Run_unit') ? fact('unit') : null,
        lines: pairs('Posted_lineIds', 'Posted_lineAmounts'),
        service: column('Posted_resultKinds').flatMap((kind, i) =>
          Number(numbers[i]) === RESULT_KEPT ? [[kind, pools[i]!, amount(kept[i])] as const] : [],
        ),
        reconciliation: TIE_OUT.flatMap((term) => column(`Tie_${term}`).map((text) => [term, amount(text)] as const)),
        adjustments: pairs('Posted_adjustmentIds', 'Posted_adjustmentAmounts'),
      },
    };
  } finally {
    xlsx.close();
  }
}

/** Of a sheet, as Excel has them. */
const MOST_ROWS = 1_048_576;

/** Names of one cell or of a part of one column. */
async function definedNames(xlsx: GatedXlsx, file: string): Promise<Map<string, Area>> {
  const names = new Map<string, Area>();
  let name: string | undefined;
  let text = '';
  await readPart(xlsx, 'xl/workbook.xml', file, {
    open: (element, attributes) => {
      name = element === 'definedName' ? attributes['name'] : undefined;
      text = '';
    },
    text: (part) => void (text += part),
    close: (element) => {
      const area = element === 'definedName' ? areaOf(text) : undefined;
      if (name !== undefined && area !== undefined) names.set(name, area);
      name = undefined;
    },
  });
  return names;
}

function areaOf(reference: string): Area | undefined {
  const found = /^\$?(?:'((?:[^']|'')+)'|([^'!]+))!\$([A-Z]+)\$(\d+)(?::\$([A-Z]+)\$(\d+))?$/.exec(reference.trim());
  if (!found) return undefined;
  const [, quoted, plain, letters, first, , last = first] = found;
  if (Math.max(Number(first), Number(last)) > MOST_ROWS) return undefined;
  return {
    sheet: quoted?.replaceAll("''", "'") ?? plain!,
    column: columnIndex(letters!)!,
    first: Number(first),
    last: Number(last),
  };
}

/** Texts of the cells in areas, row by row; an empty cell is an empty text. */
async function cellsOf(xlsx: GatedXlsx, file: string, areas: readonly Area[]): Promise<(area: Area) => string[]> {
  const texts = new Map<string, string>();
  for (const sheet of new Set(areas.map((area) => area.sheet))) {
    const own = areas.filter((area) => area.sheet === sheet);
    const columns = new Set(own.map(({ column }) => column));
    const { sheetPart, sharedStrings } = await readWorkbook(xlsx, file, sheet);
    let cell: { column: number; row: string; type: string } | undefined;
    let inside = false;
    let text = '';
    await readPart(xlsx, sheetPart, file, {
      open: (element, { r = '', t = 'n' }) => {
        if (element === 'c') {
          const [column, row] = [columnIndex(r), /\d+$/.exec(r)?.[0]];
          const isWanted = column !== undefined && columns.has(column) && row !== undefined;
          cell = isWanted ? { column, row, type: t } : undefined;
          text = '';
        }
        inside = element === 'v' || element === 't';
      },
      text: (part) => void (inside && (text += part)),
      close: (element) => {
        inside = false;
        if (element !== 'c' || cell === undefined) return;
        const value = cell.type === 's' ? (sharedStrings[Number(text)] ?? '') : text;
        texts.set(`${sheet}\u0000${cell.column}\u0000${cell.row}`, value);
      },
    });
  }
  return ({ sheet, column, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => texts.get(`${sheet}\u0000${column}\u0000${first + i}`) ?? '');
}
