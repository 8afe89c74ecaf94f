import type { NumberFormat } from './mapping-language.ts';

/** Plain decimal text of a number as people and ledgers write it, or why it is none. */
export type NumberReader = (
  text: string,
) => { readonly text: string } | { readonly fault: string; readonly remedy: string };

/**
 * Reader of numbers with a decimal sign and, if stated, thousands separators in their places. A minus may stand before
 * or behind; brackets mean minus; a plus before is dropped. Never rounds, never guesses.
 */
export function numberReader(format: NumberFormat | undefined): NumberReader {
  const point = format?.decimal ?? '.';
  const group = format?.thousands;
  const whole =
    group === undefined
      ? '\\d+'
      : `\\d{1,3}(?:${group === ' ' ? '[\\u0020\\u00a0\\u202f]' : `\\${group}`}\\d{3})+|\\d+`;
  const shape = new RegExp(`^(${whole})?(?:\\${point}(\\d+))?$`);
  return (text) => {
    const unsigned = /^(?:\((.*)\)|([+-]?)\s?(.*?)(-?))$/.exec(text.replace('\u2212', '-'))!;
    const [, bracketed, before, plain, behind] = unsigned;
    const digits = shape.exec(bracketed ?? plain ?? '');
    if (digits === null || (digits[1] === undefined && digits[2] === undefined) || (before !== '' && behind === '-')) {
      return refusal(text, point, group);
    }
    const units = (digits[1] ?? '0').replace(/\D/g, '').replace(/^0+(?=\d)/, '');
    const negative = bracketed !== undefined || before === '-' || behind === '-';
    const value = digits[2] === undefined ? units : `${units}.${digits[2]}`;
    return { text: negative && /[1-9]/.test(value) ? `-${value}` : value };
  };
}

function refusal(text: string, point: string, group: string | undefined): { fault: string; remedy: string } {
  if (/^[-+]?\d[.,]?\d*e[+-]?\d+$/i.test(text)) {
    return {
      fault: 'a spreadsheet shortened this number to powers of ten; digits are lost',
      remedy: 'Give the column the format "Number" and export again',
    };
  }
  const written = `decimal sign "${point}"${group === undefined ? ', no thousands separator' : `, thousands separator "${group}"`}`;
  return {
    fault: 'this is not a number as the mapping says numbers are written',
    remedy: `Expected: ${written}; see "numbers" in the mapping`,
  };
}
