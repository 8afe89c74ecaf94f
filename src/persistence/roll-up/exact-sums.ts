const LIMIT = 2 ** 52; // a sum below it and an addend below it stay below 2^53, where doubles are exact

/** Sums in two parts, by place; shorter where nothing was added to the last places. */
export interface TakenSums {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Sums of whole numbers by place, exact at any size: each in two parts, as doubles lose units from 2^53 on. */
export class ExactSums {
  private low = new Float64Array(1024);
  private high = new Float64Array(1024);

  /** @param value whole, its magnitude below 2^52 */
  add(place: number, value: number): void {
    if (place >= this.low.length) this.grow(place);
    const sum = this.low[place]! + value;
    if (sum >= LIMIT) {
      this.low[place] = sum - LIMIT;
      this.high[place]!++;
    } else if (sum <= -LIMIT) {
      this.low[place] = sum + LIMIT;
      this.high[place]!--;
    } else {
      this.low[place] = sum;
    }
  }

  /** Sums of the places below a number, as they stand: what another thread adds to its own. */
  taken(places: number): TakenSums {
    return { low: this.low.slice(0, places), high: this.high.slice(0, places) };
  }

  /** Adds a sum of another. */
  addTaken(place: number, { low, high }: TakenSums, from: number): void {
    this.add(place, low[from] ?? 0);
    this.high[place]! += high[from] ?? 0;
  }

  /** @param place to which something was added */
  total(place: number): bigint {
    const high = this.high[place] ?? 0;
    const low = BigInt(this.low[place] ?? 0);
    return high === 0 ? low : BigInt(high) * BigInt(LIMIT) + low;
  }

  private grow(place: number): void {
    const size = Math.max(place + 1, this.low.length * 2);
    const [low, high] = [new Float64Array(size), new Float64Array(size)];
    low.set(this.low);
    high.set(this.high);
    this.low = low;
    this.high = high;
  }
}
