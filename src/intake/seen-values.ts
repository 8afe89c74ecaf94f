import { InvalidInput } from '../domain/errors.ts';
import { ByteDictionary } from './byte-dictionary.ts';

/** Texts of a dimension beyond which a column is taken for an id by mistake; it bounds the memory. */
const MOST_VALUES = 100_000;

/** Values met before, by the bytes of their field. */
export class Seen<T> {
  private readonly texts = new ByteDictionary();
  private readonly values: T[] = [];

  constructor(
    private readonly column: string,
    private readonly file: string,
  ) {}

  /** 0 for a text that was not met, else a number for `at`. */
  find(bytes: DataView, start: number, end: number): number {
    return this.texts.find(bytes, start, end);
  }

  at(id: number): T {
    return this.values[id]!;
  }

  learn(text: string, value: T): void {
    if (this.texts.size >= MOST_VALUES) {
      const message = `the column has more than ${MOST_VALUES} different values: it looks like an id, not like a ${this.column}`;
      const remedy = 'Leave the column out, or map a coarser one.';
      throw new InvalidInput([{ file: this.file, column: this.column, code: 'too_many_values', message, remedy }]);
    }
    this.values[this.texts.add(text)] = value;
  }
}
