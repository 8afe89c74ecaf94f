import { lastDay } from '../domain/period.ts';
import { euros } from './amounts.ts';
import { POOLS, type ContactSums } from './contact-sums.ts';
import type { CsvFile } from './csv-file.ts';
import { Draw, PURPOSE } from './draw.ts';
import type { World } from './world.ts';
import type { Account, Settings } from './settings.ts';

export const CAPACITY_COLUMNS = 'period,pool_code,practical_seconds,fte,paid_hours,shrinkage,occupancy'.split(',');
export const LEDGER_COLUMNS = 'entry_id,period,account,cost_center,amount,currency,posted_at,vendor,description'.split(
  ',',
);
export const FX_COLUMNS = 'period,currency,rate'.split(',');

export interface PoolMonth {
  readonly pool: string;
  readonly period: string;
  readonly practicalSeconds: number;
  readonly usedSeconds: number;
}

/**
 * Capacity and ledger that fit the contacts that came: practical seconds from the seconds that were used and a
 * utilisation of 80–90%, costs from practical seconds and the intended full rate, split over the plan of accounts.
 */
export class BooksOfTheDemo {
  readonly poolMonths: PoolMonth[] = [];
  /** cents by currency and by pool */
  readonly ledgerCents: Record<string, number> = {};
  readonly ledgerCentsByPool: Record<string, Record<string, number>> = {};
  /** rates of the foreign currency by month, in ten-thousandths */
  private readonly rates: Record<string, number[]> = {};
  private readonly accrued: Record<string, number> = {};

  constructor(
    private readonly world: World,
    private readonly settings: Settings,
    private readonly sums: ContactSums,
  ) {}

  fx(csv: CsvFile): void {
    const { span, seed } = this.world;
    Object.entries(this.settings.books.fx).forEach(([currency, { rate, spread }], c) => {
      this.rates[currency] = span.periods.map((period, month) => {
        const units = Math.round(
          rate * (1 + spread * Draw.of(seed, PURPOSE.books, 900_000 + c * 1000 + month).normal()) * 10_000,
        );
        csv.row([period, currency, `${Math.floor(units / 10_000)}.${String(units % 10_000).padStart(4, '0')}`]);
        return units;
      });
    });
  }

  capacity(csv: CsvFile): void {
    const { span, seed } = this.world;
    const { utilisation, capacity } = this.settings.books;
    const over = span.periods.length > 3 ? utilisation.over : undefined;
    POOLS.forEach((pool, p) => {
      const used = this.sums.seconds[p]!.map((seconds) => seconds / this.settings.concurrency[pool]!);
      const floor = Math.max(60, used.reduce((a, b) => a + b, 0) / span.periods.length / 4);
      span.periods.forEach((period, month) => {
        const draw = Draw.of(seed, PURPOSE.books, p * 1000 + month);
        const planned =
          over?.pool === pool && over.month === period
            ? over.utilisation
            : (capacity[pool]!.utilisation ?? utilisation.low + (utilisation.high - utilisation.low) * draw.unit());
        const wanted = Math.max(floor, used[month]!) / planned;
        const practicalSeconds = this.capacityRow(csv, pool, period, wanted);
        this.poolMonths.push({ pool, period, practicalSeconds, usedSeconds: used[month]! });
      });
    });
  }

  /** Writes the capacity in the pool's form and gives its practical seconds. */
  private capacityRow(csv: CsvFile, pool: string, period: string, wanted: number): number {
    const { form, paid_hours: hours = 1, shrinkage = 0, occupancy = 1 } = this.settings.books.capacity[pool]!;
    if (form === 'seconds') {
      const seconds = Math.round(wanted);
      csv.row([period, pool, String(seconds), '', '', '', '']);
      return seconds;
    }
    const ofOne = hours * 3600 * (1 - shrinkage) * occupancy;
    // a small company has a small part of an agent
    const steps = wanted / ofOne < 1 ? 10_000 : 100;
    const fte = Math.ceil((wanted / ofOne) * steps);
    const digits = steps === 100 ? 2 : 4;
    const text = `${Math.floor(fte / steps)}.${String(fte % steps).padStart(digits, '0')}`;
    csv.row([period, pool, '', text, String(hours), String(shrinkage), String(occupancy)]);
    return (fte / steps) * ofOne;
  }

  async ledger(csv: CsvFile): Promise<void> {
    const { span, seed } = this.world;
    const { books } = this.settings;
    for (const [month, period] of span.periods.entries()) {
      const full: Record<string, number> = {};
      for (const { pool, period: of, practicalSeconds } of this.poolMonths) {
        if (of === period) full[pool] = practicalSeconds * books.full_rates[pool]!;
      }
      const all = Object.values(full).reduce((a, b) => a + b, 0);
      const supported = 1 - Object.values(books.support).reduce((a, b) => a + b, 0);
      const own = new Map<string, number>(
        Object.entries(full).map(([pool, cost]) => [
          pool,
          // a contract pays handled minutes; the support it gets comes on top
          pool === 'partner' ? cost : (cost * (all * supported - full['partner']!)) / (all - full['partner']!),
        ]),
      );
      for (const [pool, share] of Object.entries({ ...books.support, ...books.direct })) own.set(pool, all * share);
      books.accounts.forEach((account, a) => {
        const draw = Draw.of(seed, PURPOSE.books, 10_000 + month * 100 + a);
        const cents = own.get(account.pool)! * account.share * (1 + books.price_spread * draw.normal()) * 100;
        this.entries(csv, month, account, a, cents, draw);
      });
      if (period === books.credit_note.month) {
        const cents = -Math.round(own.get(books.credit_note.pool)! * books.credit_note.share * 100);
        this.entry(csv, month, books.credit_note, cents, lastDay(period), books.credit_note.description);
      }
      if (csv.full) await csv.flush();
    }
  }

  /** One entry; accrued costs are booked as an accrual that the next month turns back beside the invoice. */
  private entries(csv: CsvFile, month: number, account: Account, a: number, cents: number, draw: Draw): void {
    const { span } = this.world;
    const period = span.periods[month]!;
    const rate = account.currency === undefined ? 10_000 : this.rates[account.currency]![month]!;
    const amount = Math.round((cents * 10_000) / rate);
    if (account.accrued !== true) {
      const day =
        account.vendor === undefined ? lastDay(period) : `${period}-${String(5 + draw.below(20)).padStart(2, '0')}`;
      this.entry(csv, month, account, amount, day, account.description);
      return;
    }
    const key = String(a);
    const before = this.accrued[key];
    if (before !== undefined) {
      this.entry(csv, month, account, -before, `${period}-01`, `${account.description}: accrual turned back`);
      const invoice = Math.round(before * (1 + 0.05 * draw.normal()));
      this.entry(csv, month, account, invoice, `${period}-12`, `${account.description}: invoice of the month before`);
    }
    this.accrued[key] = amount;
    this.entry(csv, month, account, amount, lastDay(period), `${account.description}: accrual`);
  }

  private entry(
    csv: CsvFile,
    month: number,
    account: Omit<Account, 'accrued'>,
    cents: number,
    postedAt: string,
    description: string,
  ): void {
    if (cents === 0) return;
    const period = this.world.span.periods[month]!;
    const currency = account.currency ?? 'EUR';
    csv.row([
      `GL-${period}-${String(csv.rows + 1).padStart(5, '0')}`,
      period,
      account.account,
      account.cost_center,
      euros(cents),
      currency,
      postedAt,
      account.vendor ?? '',
      description,
    ]);
    this.ledgerCents[currency] = (this.ledgerCents[currency] ?? 0) + cents;
    const pool = (this.ledgerCentsByPool[account.pool] ??= {});
    pool[currency] = (pool[currency] ?? 0) + cents;
  }
}
