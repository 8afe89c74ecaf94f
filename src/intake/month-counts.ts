const FIRST_YEAR = 1990;
const MONTHS = 12 * 111;

/** Rows per local month, counted by the day of each row. */
export class MonthCounts {
  private readonly counts = new Float64Array(MONTHS);
  private lastDay = NaN;
  private lastMonth = 0;

  /** Index of the month of a day (days since 1970-01-01). */
  monthOf(day: number): number {
    if (day !== this.lastDay) {
      const date = new Date(day * 86_400_000);
      this.lastDay = day;
      this.lastMonth = (date.getUTCFullYear() - FIRST_YEAR) * 12 + date.getUTCMonth();
    }
    return this.lastMonth;
  }

  has(month: number): boolean {
    return this.counts[month] !== 0;
  }

  add(month: number): void {
    this.counts[month]!++;
  }

  /** Months that have rows, in order. */
  entries(): { month: string; rows: number }[] {
    return [...this.counts].flatMap((rows, index) => (rows === 0 ? [] : [{ month: monthText(index), rows }]));
  }
}

export function monthText(index: number): string {
  return `${FIRST_YEAR + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
}
