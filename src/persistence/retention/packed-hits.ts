import { madeOnce } from '../../domain/made-once.ts';

/** Words of a packed hit behind its key (122-hit-and-referral-packs.sql): PostgreSQL's microseconds, day since 1970, sign, length of the decision's code, the code. */
export const HIT_WORDS = { timeHigh: 2, timeLow: 3, day: 4, sign: 5, code: 6 } as const;

/** A decision's code as packs have it. */
interface Code {
  readonly words: Int32Array;
  readonly number: number;
}

/** How many codes are looked at first; a power of two. */
const LATEST = 64;

/** Numbers of the decision codes of packed hits, each text made once. */
export class DecisionCodes {
  /** words of codes that came, their lengths first, and their numbers, by a sum over the words */
  private readonly known = new Map<number, Code[]>();
  /** the one that came last with such a sum: of few decisions nearly all are found there */
  private readonly latest: (Code | undefined)[] = new Array<Code | undefined>(LATEST).fill(undefined);

  /** @param numberOfNew gives a code that comes for the first time its number */
  constructor(private readonly numberOfNew: (code: string) => number) {}

  /** Number of the code of the hit that begins at a place. */
  numberOf(packed: Int32Array, hit: number): number {
    const from = hit + HIT_WORDS.code;
    const count = 1 + ((packed[from]! + 3) >> 2);
    let sum = 0;
    for (let i = 0; i < count; i++) sum = (Math.imul(sum, 31) + packed[from + i]!) | 0;
    const place = (sum ^ (sum >>> 15)) & (LATEST - 1);
    const last = this.latest[place];
    if (last !== undefined && isSame(last.words, packed, from, count)) return last.number;
    const alike = madeOnce(this.known, sum, () => []);
    for (const code of alike) {
      if (!isSame(code.words, packed, from, count)) continue;
      this.latest[place] = code;
      return code.number;
    }
    const words = packed.slice(from, from + count);
    const number = this.numberOfNew(textOf(words));
    alike.push({ words, number });
    return number;
  }
}

function isSame(words: Int32Array, packed: Int32Array, from: number, count: number): boolean {
  if (words.length !== count) return false;
  for (let i = 0; i < count; i++) if (words[i] !== packed[from + i]) return false;
  return true;
}

/** Rank of each code by its bytes. */
export function ranksOf(codes: readonly string[]): Int32Array {
  const rank = new Int32Array(codes.length);
  [...codes.keys()]
    .sort((a, b) => Buffer.compare(Buffer.from(codes[a]!), Buffer.from(codes[b]!)))
    .forEach((code, place) => (rank[code] = place));
  return rank;
}

function textOf(words: Int32Array): string {
  const bytes = Buffer.alloc(4 * words.length);
  words.forEach((word, i) => bytes.writeInt32BE(word, 4 * i));
  return bytes.toString('utf8', 4, 4 + words[0]!);
}
