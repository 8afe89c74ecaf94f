/** Numbers of cells: all combinations of dimensions that contacts have had. New ones are numbered here and written later. */
export class CellBook {
  private readonly numbers = new Map<string, number>();
  private readonly added: { cellNo: number; dimensions: readonly (string | null)[] }[] = [];
  private last = 0;

  constructor(stored: readonly { cell_no: number; dimensions: readonly (string | null)[] }[]) {
    for (const { cell_no: cellNo, dimensions } of stored) {
      this.numbers.set(keyOf(dimensions), cellNo);
      if (cellNo > this.last) this.last = cellNo;
    }
  }

  numberOf(dimensions: readonly (string | null)[]): number {
    const key = keyOf(dimensions);
    let cellNo = this.numbers.get(key);
    if (cellNo === undefined) {
      cellNo = ++this.last;
      this.numbers.set(key, cellNo);
      this.added.push({ cellNo, dimensions });
    }
    return cellNo;
  }

  /** Cells that are not stored yet. */
  get fresh(): readonly { cellNo: number; dimensions: readonly (string | null)[] }[] {
    return this.added;
  }
}

function keyOf(dimensions: readonly (string | null)[]): string {
  return dimensions.map((value) => (value === null ? '\x00' : value)).join('\x01');
}
