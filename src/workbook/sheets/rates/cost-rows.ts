import type { PoolView } from '../../model/workbook-model.ts';
import type { Frame } from '../../plan/frame.ts';
import { cellAt, type RateRow } from './rate-row.ts';

export function costRows(frame: Frame): RateRow[] {
  const { model } = frame;
  const pools = model.pools;
  const money = (amount: (pool: PoolView) => bigint) => (pool: PoolView) => frame.money(amount(pool));
  const rows: RateRow[] = model.currencies.map(({ code }) => ({
    item: `own:${code}`,
    label: frame.label('rates.own', { currency: code }),
    unit: 'currency',
    style: 'Import',
    of: pools,
    formula: (column) => ownFormula(frame, column, code),
    result: money((pool) => pool.ownByCurrency.get(code) ?? 0n),
    sums: true,
  }));
  const first = model.currencies[0]!.code;
  rows.push({
    item: 'own',
    label: frame.label('rates.ownTotal'),
    unit: 'currency',
    style: 'Subtotal',
    of: pools,
    formula: (column) => `SUM(${cellAt(frame, column, `own:${first}`)}:${column}${frame.rowOf('rates', 'own') - 1})`,
    result: money((pool) => pool.result.ledger),
    sums: true,
  });
  if (model.support) rows.push(...supportRows(frame));
  rows.push({
    item: 'cost',
    label: frame.label('rates.cost'),
    unit: 'currency',
    style: 'Total',
    of: pools,
    formula: (column) => {
      const own = cellAt(frame, column, 'own');
      return model.support ? `SUM(${own}:${column}${frame.rowOf('rates', 'cost') - 1})` : own;
    },
    result: money((pool) => pool.result.cost),
    sums: true,
  });
  return rows;
}

/** What support pools pass on and receivers get; what has no drivers goes to the zero-driver target. */
function supportRows(frame: Frame): RateRow[] {
  const { model } = frame;
  const support = frame.table('support');
  const givers = model.pools.filter(({ split }) => split === 'support');
  const keyRow = frame.rowOf.bind(frame, 'rates', 'key');
  const rows: RateRow[] = givers.map((giver) => ({
    item: `received:${giver.key}`,
    label: frame.label('rates.received', { pool: giver.name }),
    unit: 'currency',
    style: 'Import',
    of: model.pools,
    formula: (column) =>
      `SUMIFS(${support.range('posted')},${support.range('from')},$${frame.sheet('rates').col('key')}${frame.rowOf('rates', `received:${giver.key}`)},${support.range('to')},${column}$${keyRow()},${support.range('passes')},1)`,
    result: (pool) => frame.money(passed(frame, giver.key, pool.key)),
  }));
  rows.push({
    item: 'passed',
    label: frame.label('rates.passed'),
    unit: 'currency',
    style: 'Import',
    of: model.pools,
    formula: (column) =>
      `-SUMIFS(${support.range('posted')},${support.range('from')},${column}$${keyRow()},${support.range('passes')},1)`,
    result: (pool) => -frame.money(passed(frame, pool.key)) || 0,
  });
  const left = leftOf(frame);
  if (left.size === 0) return rows;
  const item = 'left';
  rows.push({
    item,
    label: frame.label('rates.left'),
    unit: 'currency',
    of: givers,
    formula: (column) => `-SUM(${cellAt(frame, column, 'own')}:${column}${frame.rowOf('rates', item) - 1})`,
    result: (pool) => -frame.money(left.get(pool.key) ?? 0n) || 0,
  });
  if (model.support!.zeroDriver === null) return rows;
  const sheet = frame.sheet('rates');
  rows.push({
    item: 'leftReceived',
    label: frame.label('rates.leftReceived'),
    unit: 'currency',
    of: model.pools.filter(({ key }) => key === model.support!.zeroDriver),
    formula: () => `-SUM(${givers.map(({ key }) => `$${sheet.col(key)}$${frame.rowOf('rates', item)}`).join(',')})`,
    result: () => frame.money([...left.values()].reduce((sum, amount) => sum + amount, 0n)),
  });
  return rows;
}

/** Minor units that support pool `from` passes to one pool, or in all. */
function passed(frame: Frame, from: string, to?: string): bigint {
  return frame.model
    .support!.rows.filter((row) => row.passes && row.from === from && (to === undefined || row.to === to))
    .reduce((sum, row) => sum + row.apportioned.posted, 0n);
}

/** What is left in support pools without drivers, minor units by pool. */
export function leftOf(frame: Frame): Map<string, bigint> {
  const left = new Map<string, bigint>();
  for (const pool of frame.model.pools) {
    if (pool.split !== 'support') continue;
    const received = frame.model
      .support!.rows.filter((row) => row.passes && row.to === pool.key)
      .reduce((sum, row) => sum + row.apportioned.posted, 0n);
    const rest = pool.result.ledger + received - passed(frame, pool.key);
    if (rest !== 0n) left.set(pool.key, rest);
  }
  return left;
}

export function ownFormula(frame: Frame, column: string, currency: string): string {
  const ledger = frame.table('ledger');
  const rates = frame.sheet('rates');
  const row = frame.rowOf('rates', `own:${currency}`);
  const fx = frame.table('assumptions.currencies');
  const index = frame.model.currencies.findIndex(({ code }) => code === currency);
  const key = `${column}$${frame.rowOf('rates', 'key')}`;
  return `ROUND(SUMIFS(${ledger.range('amount')},${ledger.range('poolKey')},${key},${ledger.range('currency')},$${rates.col('key')}${row})*${fx.cell('c', index)},Digits)`;
}
