import { InvalidInput } from '../domain/errors.ts';
import type { GatedXlsx } from './xlsx-gate.ts';
import { type XmlHandlers, xmlEvents } from './xml-events.ts';

/** What a sheet needs from the other parts of its workbook. */
export interface Workbook {
  readonly sheetPart: string;
  readonly sheetName: string;
  /** serial dates count from 1904, as old Macs did */
  readonly from1904: boolean;
  readonly sharedStrings: readonly string[];
  /** by style index: what a number in this style is */
  readonly styles: readonly NumberMeaning[];
}

export type NumberMeaning = 'number' | 'date' | 'time' | 'duration';

/** Characters that all shared strings may have together: about 100 MB of memory. */
const SHARED_CHARACTERS = 50_000_000;

/** @throws InvalidInput when the sheet named does not exist */
export async function readWorkbook(xlsx: GatedXlsx, file: string, wanted: string | undefined): Promise<Workbook> {
  const sheets: { name: string; relation: string }[] = [];
  let from1904 = false;
  await readPart(xlsx, 'xl/workbook.xml', file, {
    open: (name, attributes) => {
      if (name === 'workbookPr') from1904 = /^(1|true)$/.test(attributes['date1904'] ?? '');
      if (name === 'sheet') sheets.push({ name: attributes['name'] ?? '', relation: relationId(attributes) });
    },
  });
  const relations = new Map<string, { type: string; target: string }>();
  if (xlsx.parts.has('xl/_rels/workbook.xml.rels')) {
    await readPart(xlsx, 'xl/_rels/workbook.xml.rels', file, {
      open: (name, { Id: id = '', Type: type = '', Target: target = '' }) => {
        if (name === 'Relationship')
          relations.set(id, { type: type.slice(type.lastIndexOf('/') + 1), target: partName(target) });
      },
    });
  }
  const sheet = wanted === undefined ? sheets[0] : sheets.find(({ name }) => name === wanted);
  const sheetPart = sheet === undefined ? undefined : relations.get(sheet.relation)?.target;
  if (sheet === undefined || sheetPart === undefined || !xlsx.parts.has(sheetPart)) {
    const names = sheets.map(({ name }) => `"${name}"`).join(', ');
    const message = wanted === undefined ? 'it has no sheet' : `it has no sheet "${wanted}"`;
    throw new InvalidInput([{ file, code: 'no_such_sheet', message, remedy: `Its sheets: ${names || 'none'}` }]);
  }
  const partOf = (type: string): string | undefined =>
    [...relations.values()].find((r) => r.type === type && xlsx.parts.has(r.target))?.target;
  return {
    sheetPart,
    sheetName: sheet.name,
    from1904,
    sharedStrings: await sharedStrings(xlsx, partOf('sharedStrings'), file),
    styles: await numberMeanings(xlsx, partOf('styles'), file),
  };
}

/** Reads a part to its end. @throws InvalidInput when it is not well formed */
export async function readPart(xlsx: GatedXlsx, part: string, file: string, handlers: XmlHandlers): Promise<void> {
  try {
    for await (const _ of xmlEvents(await xlsx.read(part), handlers));
  } catch (error) {
    throw badPart(error, part, file);
  }
}

export function badPart(error: unknown, part: string, file: string): unknown {
  if (error instanceof InvalidInput) return error;
  const message = `the part ${part} cannot be read: ${(error as Error).message}`;
  return new InvalidInput([
    { file, code: 'bad_xlsx', message, remedy: 'Save the sheet again in Excel as .xlsx, or as CSV' },
  ]);
}

function relationId(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).find(([name]) => name === 'id' || name.endsWith(':id'))?.[1] ?? '';
}

function partName(target: string): string {
  return target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`;
}

async function sharedStrings(xlsx: GatedXlsx, part: string | undefined, file: string): Promise<string[]> {
  const strings: string[] = [];
  if (part === undefined) return strings;
  const reader = new StringReader();
  let characters = 0;
  await readPart(xlsx, part, file, {
    open: (name) => reader.open(name),
    text: (text) => reader.text(text),
    close: (name) => {
      reader.close(name);
      if (name !== 'si') return;
      const text = reader.take();
      characters += text.length + 16;
      if (characters > SHARED_CHARACTERS) {
        const message = `its texts have more than ${SHARED_CHARACTERS} characters together`;
        throw new InvalidInput([{ file, code: 'too_large_for_memory', message, remedy: 'Save the sheet as CSV' }]);
      }
      strings.push(text);
    },
  });
  return strings;
}

/** Collects the text of a string item: plain or rich runs, without phonetic guides. */
export class StringReader {
  private collected = '';
  private inText = false;
  private inPhonetic = false;

  open(name: string): void {
    if (name === 'rPh') this.inPhonetic = true;
    if (name === 't' && !this.inPhonetic) this.inText = true;
  }

  text(text: string): void {
    if (this.inText) this.collected += text;
  }

  close(name: string): void {
    if (name === 'rPh') this.inPhonetic = false;
    if (name === 't') this.inText = false;
  }

  take(): string {
    const text = unescaped(this.collected);
    this.collected = '';
    return text;
  }
}

/** Excel writes control characters in strings as _xHHHH_. */
export function unescaped(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text;
}

/** Built-in formats that show dates: 14–17, 22 and the East Asian 27–36, 50–58; times: 18–21, 45, 47; elapsed: 46. */
function builtIn(id: number): NumberMeaning {
  if (id === 46) return 'duration';
  if ((id >= 18 && id <= 21) || id === 45 || id === 47) return 'time';
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'date' : 'number';
}

/** What a custom number format makes of a number. */
export function meaningOf(format: string): NumberMeaning {
  const bare = format.replace(/"[^"]*"|\\.|_.|\*./g, '').split(';')[0]!;
  if (/\[(h+|m+|s+)\]/i.test(bare)) return 'duration';
  const letters = bare
    .replace(/\[[^\]]*\]/g, '')
    .replace(/general/gi, '')
    .replace(/am\/pm|a\/p/gi, 'h');
  if (/[yd]/i.test(letters) || (/m/i.test(letters) && !/[hs]/i.test(letters))) return 'date';
  return /[hs]/i.test(letters) ? 'time' : 'number';
}

async function numberMeanings(xlsx: GatedXlsx, part: string | undefined, file: string): Promise<NumberMeaning[]> {
  const styles: NumberMeaning[] = [];
  if (part === undefined) return styles;
  const custom = new Map<string, NumberMeaning>();
  let inCells = false;
  await readPart(xlsx, part, file, {
    open: (name, attributes) => {
      if (name === 'numFmt') custom.set(attributes['numFmtId'] ?? '', meaningOf(attributes['formatCode'] ?? ''));
      if (name === 'cellXfs') inCells = true;
      if (name === 'xf' && inCells) {
        const id = attributes['numFmtId'] ?? '0';
        styles.push(custom.get(id) ?? builtIn(Number(id)));
      }
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return styles;
}
