import type { StyleSample } from '../write/skeleton.ts';
import type { OfficePackage } from './package.ts';
import { xmlText } from './xml.ts';

const PREFIX = 'CB ';

/**
 * Gives the cell formats their named styles, which the spreadsheet library does not know: the file's style of each
 * sample cell says which format belongs to which name; a name's own format is the one of its first sample.
 */
export function nameStyles(pack: OfficePackage, samples: readonly StyleSample[]): void {
  const parts = pack.sheetParts();
  const nameOf = new Map<number, string>();
  const sheets = new Map<string, string>();
  for (const sample of samples) {
    const part = parts.get(sample.sheet)!;
    const text = sheets.get(part) ?? pack.text(part);
    sheets.set(part, text);
    const at = text.indexOf(`<c r="${sample.cell}"`);
    const element = text.slice(at, text.indexOf('>', at));
    const index = Number(/ s="(\d+)"/.exec(element)?.[1] ?? 0);
    if (!nameOf.has(index)) nameOf.set(index, sample.style);
  }
  const styles = pack.text('xl/styles.xml');
  const formats = /<cellXfs[^>]*>([\s\S]*?)<\/cellXfs>/.exec(styles)![1]!;
  const list = formats.match(/<xf [^>]*?\/>|<xf [^>]*?>[\s\S]*?<\/xf>/g)!;
  const names = [...new Set([...nameOf.values()])].sort();
  const firstOf = new Map<string, number>();
  for (const [index, name] of [...nameOf].sort(([a], [b]) => a - b)) if (!firstOf.has(name)) firstOf.set(name, index);
  const named = names.map((name) => list[firstOf.get(name)!]!.replace(/ xfId="\d+"/, ''));
  const cellFormats = list.map((format, index) => {
    const name = nameOf.get(index);
    return name === undefined ? format : withStyle(format, names.indexOf(name) + 1);
  });
  const base = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>';
  const cellStyles = [
    '<cellStyle name="Normal" xfId="0" builtinId="0"/>',
    ...names.map((name, i) => `<cellStyle name="${xmlText(PREFIX + name)}" xfId="${i + 1}"/>`),
  ];
  pack.set(
    'xl/styles.xml',
    styles
      .replace(
        /<cellStyleXfs[\s\S]*?<\/cellStyleXfs>/,
        () => `<cellStyleXfs count="${named.length + 1}">${base}${named.join('')}</cellStyleXfs>`,
      )
      .replace(/<cellXfs[\s\S]*?<\/cellXfs>/, () => `<cellXfs count="${list.length}">${cellFormats.join('')}</cellXfs>`)
      .replace(
        /<cellStyles[\s\S]*?<\/cellStyles>/,
        () => `<cellStyles count="${cellStyles.length}">${cellStyles.join('')}</cellStyles>`,
      ),
  );
}

function withStyle(format: string, style: number): string {
  return / xfId="\d+"/.test(format)
    ? format.replace(/ xfId="\d+"/, ` xfId="${style}"`)
    : format.replace('<xf ', `<xf xfId="${style}" `);
}
