/** Customers with neighbouring numbers: `from` included, `to` not. */
export interface CustomerRange {
  readonly from: number;
  readonly to: number;
}

/** The array, or one that has the length, whose content is another. */
export function roomFor<T extends Uint8Array | Int32Array | Float64Array>(room: T, length: number): T {
  if (room.length >= length) return room;
  return new (room.constructor as new (length: number) => T)(Math.ceil(length * 1.2));
}

/** The same values in an array that has the length; those behind them are zeros. */
export function grown<T extends Uint8Array | Int32Array | Float64Array | BigInt64Array>(from: T, length: number): T {
  const larger = new (from.constructor as new (length: number) => T)(Math.ceil(length * 1.1));
  larger.set(from as never);
  return larger;
}

/**
 * Counting sort of the records of a range of customers, in memory that range after range uses again: first every record is
 * added, then each asks for its place. Both run through the records in the order in which they came, and so do the places
 * of one customer.
 */
export class ByCustomer {
  /** customer `range.from + c` has the places `starts[c]` to `starts[c + 1] - 1`, once all places were asked for */
  starts = new Int32Array(0);
  /** of each record, in the order in which they came */
  of = new Int32Array(0);
  count = 0;
  private customers = 0;

  /** @param most records that may be added */
  begin(customers: number, most: number): void {
    this.starts = roomFor(this.starts, customers + 1).fill(0, 0, customers + 1);
    this.of = roomFor(this.of, most);
    this.count = 0;
    this.customers = customers;
  }

  /** Makes room for so many more than were added. */
  room(more: number): void {
    if (this.count + more > this.of.length) this.of = grown(this.of, 1.5 * (this.count + more));
  }

  /** @param c number within the range */
  add(c: number): void {
    this.of[this.count++] = c;
    this.starts[c + 1]!++;
  }

  /** Once all are added. */
  added(): void {
    const { starts, customers } = this;
    for (let c = 0; c < customers; c++) starts[c + 1]! += starts[c]!;
  }

  /** Where the record goes; asked once, of one record after the other. */
  placeOf(record: number): number {
    return this.starts[this.of[record]!]!++;
  }

  /** Once all places were asked for, which moved each start to its end; one step back it is again where it began. */
  placed(): void {
    this.starts.copyWithin(1, 0, this.customers);
    this.starts[0] = 0;
  }
}

/** Most that are put in order by insertion. */
const FEW = 32;

/**
 * Puts numbers from one place to another in ascending order, with what belongs to each; equal ones stay as they were. Most
 * customers have few, and those nearly in order.
 */
export function sortTogether(
  numbers: Float64Array | Int32Array,
  others: Float64Array | Int32Array,
  from: number,
  to: number,
): void {
  for (let first = from; first < to; first += FEW) insert(numbers, others, first, Math.min(first + FEW, to));
  for (let width = FEW; width < to - from; width *= 2) {
    for (let first = from; first + width < to; first += 2 * width)
      merge(numbers, others, first, first + width, Math.min(first + 2 * width, to));
  }
}

function insert(numbers: Float64Array | Int32Array, others: Float64Array | Int32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const number = numbers[i]!;
    const other = others[i]!;
    let j = i - 1;
    for (; j >= from && numbers[j]! > number; j--) {
      numbers[j + 1] = numbers[j]!;
      others[j + 1] = others[j]!;
    }
    numbers[j + 1] = number;
    others[j + 1] = other;
  }
}

/** Two neighbouring parts that are in order become one. */
function merge(
  numbers: Float64Array | Int32Array,
  others: Float64Array | Int32Array,
  from: number,
  second: number,
  to: number,
): void {
  if (numbers[second - 1]! <= numbers[second]!) return;
  const own = numbers.slice(from, second);
  const along = others.slice(from, second);
  for (let put = from, i = 0, j = second; i < own.length; put++) {
    const isSecond = j < to && numbers[j]! < own[i]!;
    numbers[put] = isSecond ? numbers[j]! : own[i]!;
    others[put] = isSecond ? others[j++]! : along[i++]!;
  }
}
