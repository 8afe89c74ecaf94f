/**
 * Codes name units, reasons, decisions, pools, accounts: 1 to 64 printable characters without `| * ? ~`, which separate
 * and match; unique ignoring case. Blanks at the ends and look-alike blanks inside are refused, because nobody sees them.
 */
const CODE = /^[^\p{C}\p{Z}|*?~](?:[^\p{C}\p{Zl}\p{Zp}|*?~]{0,62}[^\p{C}\p{Z}|*?~])?$/u;
const PLAIN_CODE = /^[A-Za-z0-9._/-]{1,64}$/;

/** Why a text is no code, or undefined when it is one. */
export function codeFault(text: string): string | undefined {
  if (PLAIN_CODE.test(text)) return undefined;
  if ([...text].length > 64) return 'a code has at most 64 characters';
  if (text !== text.trim()) return 'a code has no blank at its ends';
  const separator = /[|*?~]/.exec(text);
  if (separator !== null) return `a code has none of | * ? ~; here "${separator[0]}"`;
  if (/\p{Zs}/u.test(text.replaceAll(' ', ''))) return 'the only blank in a code is the plain space';
  if (text !== text.normalize('NFC')) return 'a code is in Unicode normal form C';
  if (!CODE.test(text)) return 'a code has printable characters only';
  return undefined;
}

/** What two codes share when they differ in nothing but case. */
export function foldedCode(code: string): string {
  return code.normalize('NFKC').toLowerCase();
}

/** Levenshtein distance, or `limit` + 1 as soon as it is surely larger. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const change = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const cost = Math.min(change, above[j]! + 1, row[j - 1]! + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    above = row;
  }
  return Math.min(above[b.length]!, limit + 1);
}

/** Known codes of one kind of thing, found exactly, by folding, or by nearness. */
export class CodeBook {
  private readonly known = new Set<string>();
  private readonly byFold = new Map<string, string>();
  private readonly suggested = new Map<string, string | undefined>();

  constructor(
    /** what the codes name, for messages: unit, reason, decision, pool, instrument */
    readonly noun: string,
    codes: Iterable<string> = [],
  ) {
    for (const code of codes) this.add(code);
  }

  get size(): number {
    return this.known.size;
  }

  has(code: string): boolean {
    return this.known.has(code);
  }

  /** A known code that differs only in case, if there is one. */
  twin(code: string): string | undefined {
    const twin = this.byFold.get(foldedCode(code));
    return twin === code ? undefined : twin;
  }

  some(test: (code: string) => boolean): boolean {
    for (const code of this.known) if (test(code)) return true;
    return false;
  }

  add(code: string): void {
    if (this.known.has(code)) return;
    this.known.add(code);
    const fold = foldedCode(code);
    if (!this.byFold.has(fold)) this.byFold.set(fold, code);
    this.suggested.clear();
  }

  /** The nearest known code within a third of the length (at least 2 edits); ties by text order. */
  nearest(code: string): string | undefined {
    const twin = this.byFold.get(foldedCode(code));
    if (twin !== undefined) return twin;
    if (this.suggested.has(code)) return this.suggested.get(code);
    let best: string | undefined;
    const fold = foldedCode(code);
    let limit = Math.max(2, Math.floor(code.length / 3));
    for (const [other, known] of this.byFold) {
      const distance = editDistance(fold, other, limit);
      if (
        distance < limit + (best === undefined ? 1 : 0) ||
        (distance === limit && best !== undefined && known < best)
      ) {
        best = known;
        limit = distance;
      }
    }
    if (this.suggested.size < 10_000) this.suggested.set(code, best);
    return best;
  }
}
