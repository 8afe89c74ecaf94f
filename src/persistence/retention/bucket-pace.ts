import { BUCKETS } from './customer-keys.ts';

/** How many buckets of customers are read at a time: keys are hashes, so what came of some tells what comes of others. */
export class BucketPace {
  private buckets = 0;
  private words = 0;

  /** @param most words that should come at a time, or those of one bucket */
  constructor(private readonly most: number) {}

  came(buckets: number, words: number): void {
    this.buckets += buckets;
    this.words += words;
  }

  /** One until anything came. */
  get atOnce(): number {
    if (this.most === Infinity) return BUCKETS;
    if (this.buckets === 0) return 1;
    const fit = Math.floor((this.most * this.buckets) / Math.max(1, this.words));
    return Math.max(1, Math.min(BUCKETS, fit));
  }
}
