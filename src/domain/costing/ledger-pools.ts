import { compareKeys } from '../apportionment.ts';
import { Refusal } from '../errors.ts';
import { Fraction } from '../fraction.ts';
import { amountText, majorUnits, minorDigits, roundToMinor } from '../money.ts';
import type { Model, Pool } from '../model/model.ts';
import { matchesPattern } from '../model/selector.ts';

/** One entry of the general ledger: debit positive, minor units of its own currency. */
export interface LedgerEntry {
  readonly entry: string;
  readonly account: string;
  readonly costCenter: string;
  readonly vendor: string | null;
  readonly amount: bigint;
  readonly currency: string;
}

/** Double-entry step of money in reporting currency: credit `from`, debit `to`. */
export interface Posting {
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
}

export interface LedgerByPool {
  /** every entry of the period, converted once per currency */
  readonly ledger: bigint;
  /** own cost by pool code */
  readonly pools: ReadonlyMap<string, bigint>;
  readonly parked: bigint;
  /** round(currency total × rate) − Σ round(pool part × rate): its own line (method 2) */
  readonly conversion: bigint;
  readonly postings: readonly Posting[];
}

const PARKED = 'service:parked';
const CONVERSION = 'service:conversion';

/**
 * Ledger entries to cost pools by account, cost-center and vendor patterns, converted at the rate of their period.
 * @param rates reporting units for one unit of currency
 * @throws Refusal unmapped_ledger_entries, overlapping_pools, fx_rate_missing, unknown_parked_entry
 */
export function ledgerByPool(
  entries: readonly LedgerEntry[],
  model: Model,
  rates: ReadonlyMap<string, Fraction>,
  reporting: string,
): LedgerByPool {
  const parked = new Set(model.parked_entries);
  const byCurrency = new Map<string, Map<string, bigint>>();
  const unmapped: LedgerEntry[] = [];
  const overlapping: string[] = [];
  for (const entry of entries) {
    const takers = parked.has(entry.entry) ? [] : poolsOfEntry(entry, model);
    if (takers.length > 1) overlapping.push(`${entryText(entry)} → ${takers.join(', ')}`);
    const target = parked.has(entry.entry) ? PARKED : takers[0] && `pool:${takers[0]}`;
    if (target === undefined) unmapped.push(entry);
    else {
      const parts = byCurrency.get(entry.currency) ?? new Map<string, bigint>();
      byCurrency.set(entry.currency, parts);
      parts.set(target, (parts.get(target) ?? 0n) + entry.amount);
    }
  }
  if (overlapping.length > 0) {
    throw new Refusal('overlapping_pools', `${overlapping.length} ledger entries are taken by more than one pool`, {
      details: overlapping.slice(0, 20),
      next: 'narrow the ledger patterns of these pools and run `answerable model apply`',
    });
  }
  if (unmapped.length > 0) {
    throw new Refusal(
      'unmapped_ledger_entries',
      `${unmapped.length} ledger entries belong to no pool; first: ${entryText(unmapped[0]!)}`,
      {
        details: unmapped.slice(0, 20).map(entryText),
        next: 'add a ledger pattern, or name them under parked_entries, and run `answerable model apply`',
      },
    );
  }
  return converted(byCurrency, rates, reporting);
}

function converted(
  byCurrency: ReadonlyMap<string, ReadonlyMap<string, bigint>>,
  rates: ReadonlyMap<string, Fraction>,
  reporting: string,
): LedgerByPool {
  const pools = new Map<string, bigint>();
  const postings: Posting[] = [];
  let ledger = 0n;
  let parked = 0n;
  let conversion = 0n;
  for (const [currency, parts] of [...byCurrency].sort(([a], [b]) => compareKeys(a, b))) {
    const rate = currency === reporting ? Fraction.ONE : rates.get(currency);
    if (!rate) {
      throw new Refusal('fx_rate_missing', `there is no rate of ${currency} for this period`, {
        next: 'import fx with this period and currency',
      });
    }
    const convert = (amount: bigint) =>
      roundToMinor(majorUnits(amount, minorDigits(currency)!).times(rate), minorDigits(reporting)!);
    const total = convert([...parts.values()].reduce((sum, amount) => sum + amount, 0n));
    let given = 0n;
    for (const [target, amount] of [...parts].sort(([a], [b]) => compareKeys(a, b))) {
      const part = convert(amount);
      given += part;
      postings.push({ from: `ledger:${currency}`, to: target, amount: part });
      if (target === PARKED) parked += part;
      else pools.set(target.slice('pool:'.length), (pools.get(target.slice('pool:'.length)) ?? 0n) + part);
    }
    if (total !== given) postings.push({ from: `ledger:${currency}`, to: CONVERSION, amount: total - given });
    ledger += total;
    conversion += total - given;
  }
  return { ledger, pools, parked, conversion, postings };
}

/** Codes of the pools whose patterns take an entry: one, unless the model is at fault. */
export function poolsOfEntry(entry: LedgerEntry, model: Model): string[] {
  return model.pools.filter((pool) => takes(pool, entry)).map((pool) => pool.code);
}

function takes(pool: Pool, entry: LedgerEntry): boolean {
  return pool.ledger.some(
    ({ account, cost_center: costCenter, vendor }) =>
      (account === undefined || matchesPattern(account, entry.account)) &&
      (costCenter === undefined || matchesPattern(costCenter, entry.costCenter)) &&
      (vendor === undefined || matchesPattern(vendor, entry.vendor)),
  );
}

function entryText(entry: LedgerEntry): string {
  const amount = amountText(entry.amount, minorDigits(entry.currency) ?? 2);
  return `${entry.entry} (account ${entry.account}, cost center ${entry.costCenter}, ${amount} ${entry.currency})`;
}
