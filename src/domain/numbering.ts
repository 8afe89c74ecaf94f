/** Numbers values from 0 in the order in which they first come. */
export class Numbering<T> {
  private readonly numbers = new Map<T, number>();

  of(value: T): number {
    let number = this.numbers.get(value);
    if (number === undefined) this.numbers.set(value, (number = this.numbers.size));
    return number;
  }

  get count(): number {
    return this.numbers.size;
  }

  values(): T[] {
    return [...this.numbers.keys()];
  }
}
