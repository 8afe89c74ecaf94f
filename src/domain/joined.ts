/** Parts of a column behind each other. */
export function joined<T extends Int8Array | Int32Array | Float64Array>(
  type: new (length: number) => T,
  parts: readonly ArrayLike<number>[],
): T {
  const whole = new type(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Rows by columns, behind each other. */
export function joinedColumns<T extends Record<string, typeof Int8Array | typeof Int32Array | typeof Float64Array>>(
  types: T,
  parts: readonly { readonly [K in keyof T]: ArrayLike<number> }[],
): { [K in keyof T]: InstanceType<T[K]> } {
  const columns = Object.entries(types).map(([name, type]) => {
    const ofName = parts.map((part) => part[name]!);
    return [name, joined<Int8Array | Int32Array | Float64Array>(type, ofName)];
  });
  return Object.fromEntries(columns) as { [K in keyof T]: InstanceType<T[K]> };
}

/** The same numbers, in half the memory of doubles where they are whole and small. */
export function inWords(column: ArrayLike<number>): Int32Array | Float64Array {
  const words = new Int32Array(column.length);
  for (let i = 0; i < words.length; i++)
    if (!Object.is((words[i] = column[i]!), words[i])) return new Float64Array(column);
  return words;
}

/** A column of numbers that comes in parts, held in half the memory where they are whole and small. */
export class PartedColumn {
  private parts: (Int32Array | Float64Array)[] = [];

  add(part: ArrayLike<number>): void {
    this.parts.push(inWords(part));
  }

  /** All of it, once: it is let go. */
  taken(): Int32Array | Float64Array {
    const { parts } = this;
    this.parts = [];
    return parts.every((part) => part instanceof Int32Array) ? joined(Int32Array, parts) : joined(Float64Array, parts);
  }
}
