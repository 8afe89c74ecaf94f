/** Numbers of decision codes from 0, in the order in which packed records bring them. */
export class DecisionCodes {
  /** by number */
  readonly names: string[] = [];
  /** words of codes that came, their lengths first, and their numbers */
  private readonly known: { readonly words: Int32Array; readonly number: number }[] = [];
  private readonly wanted: ReadonlySet<string> | null;

  /** @param wanted null: all */
  constructor(wanted: readonly string[] | null) {
    this.wanted = wanted && new Set(wanted);
  }

  /** Number of the code between two places; -1: it is not wanted. @param from where the count of its bytes stands */
  numberOf(words: Int32Array, from: number, to: number): number {
    // a company has a few dozen decisions, most of which differ in the first words
    for (const code of this.known) {
      const { words: own } = code;
      if (own.length !== to - from) continue;
      let same = 0;
      while (same < own.length && own[same] === words[from + same]) same++;
      if (same === own.length) return code.number;
    }
    const own = words.slice(from, to);
    const name = textOf(own);
    const number = this.wanted === null || this.wanted.has(name) ? this.names.push(name) - 1 : -1;
    this.known.push({ words: own, number });
    return number;
  }
}

function textOf(words: Int32Array): string {
  const bytes = Buffer.alloc(4 * words.length);
  words.forEach((word, i) => bytes.writeInt32BE(word, 4 * i));
  return bytes.toString('utf8', 4, 4 + words[0]!);
}
