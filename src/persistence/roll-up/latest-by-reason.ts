const WEEK = 7 * 86_400_000_000; // microseconds

/**
 * Whether a customer had a contact about a reason within seven days before: of each reason the two latest instants, told
 * and asked in order of time.
 */
export class LatestByReason {
  private readonly latest: Float64Array;
  private readonly before: Float64Array;
  private readonly customers: Int32Array;
  private customer = 0;

  constructor(reasons: number) {
    this.latest = new Float64Array(reasons);
    this.before = new Float64Array(reasons);
    this.customers = new Int32Array(reasons);
  }

  /** Forgets the last customer. */
  begin(): void {
    this.customer++;
  }

  /** True when an earlier instant, at most seven days ago, was told; the same instant is not earlier. */
  within(reason: number, time: number): boolean {
    if (this.customers[reason] !== this.customer) return false;
    const last = this.latest[reason] === time ? this.before[reason]! : this.latest[reason]!;
    return time - last <= WEEK;
  }

  tell(reason: number, time: number): void {
    if (this.customers[reason] !== this.customer) {
      this.customers[reason] = this.customer;
      this.before[reason] = -Infinity;
    } else if (this.latest[reason] !== time) {
      this.before[reason] = this.latest[reason]!;
    }
    this.latest[reason] = time;
  }
}
