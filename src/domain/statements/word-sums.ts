const WORD = 2 ** 32;
const LIMIT = 2 ** 52; // a sum below it and a word below 2^32 stay below 2^53, where doubles are exact

/** Sums of 64-bit integers by place, exact at any size; in two doubles each, as adding big integers takes ten times as long. */
export class WordSums {
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  /** @param places of each value, below `count` */
  constructor(count: number, values: BigInt64Array, places: Int32Array) {
    const [low, high] = [new Float64Array(count), new Float64Array(count)];
    this.low = low;
    this.high = high;
    const lower = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    const upper = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      const sum = low[place]! + lower[2 * i]!;
      high[place]! += upper[2 * i + 1]! + (sum >= LIMIT ? LIMIT / WORD : 0);
      low[place] = sum >= LIMIT ? sum - LIMIT : sum;
    }
  }

  /** The same sums, taken together. @param groupOf each place, below `count` */
  grouped(count: number, groupOf: readonly number[]): WordSums {
    const sums = new WordSums(count, new BigInt64Array(), new Int32Array());
    const { low, high } = sums;
    groupOf.forEach((group, place) => {
      const sum = low[group]! + this.low[place]!;
      high[group]! += this.high[place]! + (sum >= LIMIT ? LIMIT / WORD : 0);
      low[group] = sum >= LIMIT ? sum - LIMIT : sum;
    });
    return sums;
  }

  total(place: number): bigint {
    return BigInt(this.high[place]!) * BigInt(WORD) + BigInt(this.low[place]!);
  }
}
