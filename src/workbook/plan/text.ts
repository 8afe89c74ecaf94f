/** Longest text that a cell can hold, in UTF-16 units. */
const LONGEST = 32_767;
const CUT = ' […]';

/** Text without the characters that XML 1.0 forbids (and DEL, which writers drop) and without halves of surrogate pairs; line ends are one. */
export function legalText(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]/g, '')
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
    .replace(/\r\n?/g, '\n');
}

/**
 * Text as a cell may hold it: legal, not longer than a cell. `_x0041_` would be read as an escaped character, so its
 * first underscore is escaped.
 */
export function cellText(text: string): string {
  const clean = legalText(text).replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
  return clean.length <= LONGEST ? clean : clean.slice(0, LONGEST - CUT.length).replace(/[\uD800-\uDBFF]$/, '') + CUT;
}

const LONGEST_NAME = 31;

/** Sheet names as spreadsheets take them: at most 31 UTF-16 units, none of : \ / ? * [ ], unique without case. */
export class SheetNames {
  private readonly taken = new Set(['history']);

  take(wanted: string): string {
    const clean = cellText(wanted)
      .replace(/[:\\/?*[\]\n\t]/g, ' ')
      // A straight apostrophe breaks print titles; the typographic one is a letter like any other.
      .replaceAll("'", '’')
      .replace(/\s+/g, ' ')
      .trim();
    const base = cut(clean === '' ? 'Sheet' : clean, LONGEST_NAME);
    let name = base;
    for (let i = 2; this.taken.has(name.toLowerCase()); i++) {
      const suffix = ` (${i})`;
      name = cut(base, LONGEST_NAME - suffix.length) + suffix;
    }
    this.taken.add(name.toLowerCase());
    return name;
  }
}

function cut(text: string, units: number): string {
  return text
    .slice(0, units)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}

/** Headers and footers read & as a code. */
export function headerText(text: string): string {
  return cut(cellText(text).replace(/\s+/g, ' '), 60).replaceAll('&', '&&');
}

/** A sheet's name in a formula. */
export function quotedSheet(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}

/** A text as a formula's constant. */
export function quotedText(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** Letters of a column, 1 = A. */
export function columnLetters(index: number): string {
  let letters = '';
  for (let rest = index; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return letters;
}

export function columnIndex(letters: string): number {
  return [...letters].reduce((index, letter) => index * 26 + letter.charCodeAt(0) - 64, 0);
}
