import { amountText, minorDigits } from '../domain/money.ts';
import type { ImportTotals } from '../persistence/imports.queries.ts';
import type { Kind } from './kinds/kind.ts';
import type { CheckedRow } from './row-check.ts';

/** Sums beyond this leave the fast numbers while they are still exact. */
const LARGE = 2 ** 50;

/** A sum of whole numbers that is kept as a number while it is exact, and moved on before it is not. */
export class SmallSum {
  private sum = 0;
  private used = false;

  constructor(private readonly moveOn: (sum: bigint) => void) {}

  /** @param value a whole number below 2^53 */
  add(value: number): void {
    this.used = true;
    const sum = this.sum + value;
    if (sum < LARGE && sum > -LARGE) {
      this.sum = sum;
      return;
    }
    this.move();
    this.moveOn(BigInt(value));
  }

  move(): void {
    if (this.used) this.moveOn(BigInt(this.sum));
    this.sum = 0;
    this.used = false;
  }
}

/** Control totals of the rows of a file, to be compared with the system it came from. */
export class Totals {
  rows = 0;
  private seconds = 0n;
  /** parts of the sums that are still small enough to be numbers */
  private smallSeconds = 0;
  private readonly small = new Map<string, SmallSum>();
  private readonly sums = new Map<string, Map<string, bigint>>();
  private readonly amounts: readonly { at: number; name: string }[];
  private readonly currencyAt: number;
  private readonly secondsAt: number;

  constructor(kind: Kind) {
    this.amounts = kind.columns.flatMap(({ type, name }, at) =>
      type === 'amount' || type === 'waived' ? [{ at, name }] : [],
    );
    this.currencyAt = kind.columns.findIndex((column) => column.type === 'currency');
    this.secondsAt = kind.columns.findIndex((column) => column.name === 'handle_seconds');
  }

  add(row: CheckedRow): void {
    this.rows++;
    const seconds = row.values[this.secondsAt];
    if (seconds != null) this.seconds += BigInt(seconds);
    for (const { at, name } of this.amounts) {
      const minor = row.values[at];
      if (minor != null) this.addAmount(name, row.values[this.currencyAt]!, BigInt(minor));
    }
  }

  /** Whole seconds of one row; sums stay below 2^53 for 4 million rows of the longest, then move on. */
  addSeconds(seconds: number): void {
    this.smallSeconds += seconds;
    if (this.smallSeconds > LARGE) {
      this.seconds += BigInt(this.smallSeconds);
      this.smallSeconds = 0;
    }
  }

  /** The sum of a column's minor units in a currency, for whoever adds many. */
  sumOf(column: string, currency: string): SmallSum {
    const key = `${column} ${currency}`;
    let sum = this.small.get(key);
    if (sum === undefined) {
      sum = new SmallSum((minor) => this.addAmount(column, currency, minor));
      this.small.set(key, sum);
    }
    return sum;
  }

  addAmount(column: string, currency: string, minor: bigint): void {
    let byCurrency = this.sums.get(column);
    if (byCurrency === undefined) this.sums.set(column, (byCurrency = new Map<string, bigint>()));
    byCurrency.set(currency, (byCurrency.get(currency) ?? 0n) + minor);
  }

  of(periods: readonly string[]): ImportTotals {
    for (const sum of this.small.values()) sum.move();
    this.seconds += BigInt(this.smallSeconds);
    this.smallSeconds = 0;
    const texts = (sums: Map<string, bigint>): Record<string, string> =>
      Object.fromEntries(
        [...sums]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([currency, minor]) => [currency, amountText(minor, minorDigits(currency)!)]),
      );
    return {
      rows: this.rows,
      amounts: Object.fromEntries(
        [...this.sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([column, sums]) => [column, texts(sums)]),
      ),
      seconds: this.secondsAt < 0 ? null : this.seconds.toString(),
      periods,
    };
  }
}
