import { readFileSync } from 'node:fs';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

export interface CellRead {
  readonly formula: string | undefined;
  /** undefined: an empty cell */
  readonly value: number | string | undefined;
  readonly isError: boolean;
}

/** Cells of each sheet by reference, as the file holds them: a reader of our own, so that no library hides a 0 or an "". */
export type SheetsRead = ReadonlyMap<string, ReadonlyMap<string, CellRead>>;

export const partsOf = (file: string | Uint8Array): Map<string, string> => {
  const bytes = typeof file === 'string' ? new Uint8Array(readFileSync(file)) : file;
  return new Map(Object.entries(unzipSync(bytes)).map(([name, part]) => [name, strFromU8(part)]));
};

export function sheetsOf(parts: ReadonlyMap<string, string>): SheetsRead {
  const shared = [...(parts.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>([\s\S]*?)<\/si>|<si\/>/g)].map((match) =>
    textOf(match[1] ?? ''),
  );
  return new Map([...sheetParts(parts)].map(([name, part]) => [name, cellsOf(parts.get(part)!, shared)]));
}

/** Parts of the sheets by name, in the order of the tabs. */
export function sheetParts(parts: ReadonlyMap<string, string>): Map<string, string> {
  const targets = new Map(
    [...parts.get('xl/_rels/workbook.xml.rels')!.matchAll(/<Relationship [^>]*>/g)].map(([element]) => [
      attribute(element, 'Id')!,
      attribute(element, 'Target')!.replace(/^\/?(xl\/)?/, 'xl/'),
    ]),
  );
  const sheets = [...parts.get('xl/workbook.xml')!.matchAll(/<sheet [^>]*>/g)];
  return new Map(
    sheets.map(([element]) => [unescaped(attribute(element, 'name')!), targets.get(attribute(element, 'r:id')!)!]),
  );
}

function cellsOf(xml: string, shared: readonly string[]): Map<string, CellRead> {
  const cells = new Map<string, CellRead>();
  for (const [, attributes, content = ''] of xml.matchAll(/<c ([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
    const type = attribute(attributes!, 't') ?? 'n';
    const formula = /<f(?: [^>]*)?>([\s\S]*?)<\/f>/.exec(content)?.[1];
    const raw = /<v(?: [^>]*)?>([\s\S]*?)<\/v>/.exec(content)?.[1];
    const value =
      type === 'inlineStr'
        ? textOf(content)
        : raw === undefined
          ? type === 'str'
            ? ''
            : undefined
          : type === 's'
            ? shared[Number(raw)]
            : type === 'n' || type === 'b'
              ? Number(raw)
              : unescaped(raw);
    cells.set(attribute(attributes!, 'r')!, {
      formula: formula === undefined ? undefined : unescaped(formula),
      value,
      isError: type === 'e',
    });
  }
  return cells;
}

const attribute = (element: string, name: string): string | undefined =>
  new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(element)?.[1];

const textOf = (xml: string): string =>
  [...xml.matchAll(/<t(?: [^>]*)?>([\s\S]*?)<\/t>/g)].map((match) => unescaped(match[1]!)).join('');

export const unescaped = (text: string): string =>
  text
    .replace(/&#x([0-9a-fA-F]+);/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

/** The file with other values in some cells, everything else as it was, stale results included. */
export function changedFile(
  file: string | Uint8Array,
  cells: readonly (readonly [sheet: string, cell: string, value: number])[],
): Uint8Array {
  const parts = partsOf(file);
  const names = sheetParts(parts);
  for (const [sheet, cell, value] of cells) {
    const part = names.get(sheet)!;
    const before = parts.get(part)!;
    const held = new RegExp(`(<c r="${cell}"[^>]*>)(?:<f>[^<]*</f>)?<v>[^<]*</v>`);
    const after = before.replace(held, `$1<v>${value}</v>`);
    if (after === before) throw new Error(`${sheet}!${cell} was not changed`);
    parts.set(part, after);
  }
  return zipSync(Object.fromEntries([...parts].map(([name, text]) => [name, strToU8(text)])));
}
