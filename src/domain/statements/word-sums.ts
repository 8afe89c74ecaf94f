const WORD = 2 ** 32;
const LIMIT = 2 ** 52; // a sum below it and a word below 2^32 stay below 2^53, where doubles are exact

/** Sums of 64-bit integers by place, exact at any size; in two doubles each, as adding big integers takes ten times as long. */
export class WordSums {
  private readonly low: Float64Array;
  private readonly high: Float64Array;

  constructor(places: number) {
    this.low = new Float64Array(places);
    this.high = new Float64Array(places);
  }

  /** @param places of each value */
  add(values: BigInt64Array, places: Int32Array): void {
    const { low, high } = this;
    const lower = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    const upper = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      low[place]! += lower[2 * i]!;
      high[place]! += upper[2 * i + 1]!;
      if (low[place]! >= LIMIT) {
        high[place]! += LIMIT / WORD;
        low[place]! -= LIMIT;
      }
    }
  }

  total(place: number): bigint {
    return BigInt(this.high[place]!) * BigInt(WORD) + BigInt(this.low[place]!);
  }
}
