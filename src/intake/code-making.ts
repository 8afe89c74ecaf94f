import { sha256 } from '../domain/ids.ts';

/** Hexadecimal digits of the hash that keeps shortened codes apart: 16 million values. */
const HASH_LENGTH = 6;

export interface MadeCode {
  readonly code: string;
  readonly shortened: boolean;
}

/**
 * A code from the words of another system: accents and apostrophes away, lower case, everything that is not a letter or
 * digit becomes one `-`, parts joined by the separator. What is longer than `most` characters is cut and ends in a hash
 * of the whole, so the same words give the same code in every file and on every day.
 */
export function makeCode(parts: readonly string[], separator: string, most: number): MadeCode {
  const code = parts.map(cleaned).filter(Boolean).join(separator);
  if (code.length > 0 && code.length <= most) return { code, shortened: false };
  const hash = sha256(parts.join('\u001f')).slice(0, HASH_LENGTH);
  if (code === '') return { code: hash, shortened: true };
  // never half of a character: whoever looks at the code sees whole ones
  const kept = code
    .slice(0, most - HASH_LENGTH - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/[-._/]+$/, '');
  return { code: `${kept}.${hash}`, shortened: true };
}

function cleaned(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .normalize('NFC');
}

/** Remembers which words made which code, so that two different ones never share one silently. */
export class CodeMaker {
  /** the first words of each code */
  private readonly words = new Map<string, string>();
  /** codes of words met before: making one is a hundred times dearer than finding it */
  private readonly known = new Map<string, string>();
  private shortenedCodes = 0;

  constructor(
    private readonly separator: string,
    private readonly most: number,
  ) {}

  /** distinct codes made, and how many of them were shortened */
  get made(): { codes: number; shortened: number } {
    return { codes: this.words.size, shortened: this.shortenedCodes };
  }

  /** The code, or the other words that already have it. */
  make(parts: readonly string[]): { code: string } | { taken: string } {
    const words = parts.join(' / ');
    const known = this.known.get(words);
    if (known !== undefined) return { code: known };
    const { code, shortened } = makeCode(parts, this.separator, this.most);
    const before = this.words.get(code);
    if (before === undefined) {
      this.words.set(code, words);
      if (shortened) this.shortenedCodes++;
    } else if (before !== words && folded(before) !== folded(words)) return { taken: before };
    this.known.set(words, code);
    return { code };
  }
}

/** Words that differ only in case, blanks or the form of accents are the same words. */
function folded(words: string): string {
  return words.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
