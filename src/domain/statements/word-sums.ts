const WORD = 2 ** 32;
const LIMIT = 2 ** 52; // a sum below it and a word below 2^32 stay below 2^53, where doubles are exact

/** Sums of 64-bit integers by place, exact at any size; in two doubles each, as adding big integers takes ten times as long. */
export class WordSums {
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  /** @param places of each value, below `count` */
  constructor(count: number, values: BigInt64Array, places: Int32Array) {
    this.low = new Float64Array(count);
    this.high = new Float64Array(count);
    const lower = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    const upper = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let i = 0; i < places.length; i++) this.add(places[i]!, lower[2 * i]!, upper[2 * i + 1]!);
  }

  private add(place: number, low: number, high: number): void {
    const sum = this.low[place]! + low;
    this.high[place]! += high + (sum >= LIMIT ? LIMIT / WORD : 0);
    this.low[place] = sum >= LIMIT ? sum - LIMIT : sum;
  }

  /** The same sums, taken together. @param groupOf each place, below `count` */
  grouped(count: number, groupOf: readonly number[]): WordSums {
    const sums = new WordSums(count, new BigInt64Array(), new Int32Array());
    groupOf.forEach((group, place) => sums.add(group, this.low[place]!, this.high[place]!));
    return sums;
  }

  total(place: number): bigint {
    return BigInt(this.high[place]!) * BigInt(WORD) + BigInt(this.low[place]!);
  }
}
