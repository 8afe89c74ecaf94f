import { Fraction } from '../../../domain/fraction.ts';
import { double } from '../../model/numbers.ts';
import type { PoolView } from '../../model/workbook-model.ts';
import type { Frame } from '../../plan/frame.ts';
import { cellAt, type RateRow } from './rate-row.ts';

export function splitRows(frame: Frame, rated: readonly PoolView[]): RateRow[] {
  const at = (column: string, item: string) => cellAt(frame, column, item);
  const pools = frame.table('assumptions.pools');
  const forecast = frame.tables.get('assumptions.forecast');
  const key = (column: string) => `${column}$${frame.rowOf('rates', 'key')}`;
  const money = (
    item: string,
    of: readonly PoolView[],
    formula: RateRow['formula'],
    result: (pool: PoolView) => Fraction | bigint,
    format = 'exact',
  ): RateRow => ({
    item,
    label: frame.label(`rates.${item}`),
    unit: 'currency',
    format,
    of,
    formula,
    result: (pool) => {
      const amount = result(pool);
      return frame.exactMoney(typeof amount === 'bigint' ? Fraction.of(amount) : amount);
    },
  });
  const quantity = (item: string, formula: RateRow['formula'], result: (pool: PoolView) => Fraction): RateRow => ({
    ...money(item, byCapacity, formula, result, 'quantity'),
    unit: 'driver',
    result: (pool) => double(result(pool)),
  });
  const byCapacity = rated.filter(({ split }) => split !== 'reserved');
  const standard = rated.filter(({ split }) => split === 'standard');
  const reserved = rated.filter(({ split }) => split === 'reserved');
  const rows: RateRow[] = [
    money(
      'usedCost',
      rated,
      (c) => `${at(c, 'used')}*${at(c, 'rate')}`,
      (pool) => pool.figures.usedCost,
    ),
    money(
      'unusedCost',
      rated,
      (c) => `IF(${at(c, 'over')}>0,0,${at(c, 'cost')}-${at(c, 'usedCost')})`,
      (pool) => pool.figures.unusedCost,
    ),
  ];
  if (byCapacity.length > 0) {
    rows.push(
      quantity(
        'buffer',
        (c) => `MIN(${at(c, 'free')},SUMIFS(${pools.range('l')},${pools.range('c')},${key(c)}))`,
        (pool) => pool.figures.buffer,
      ),
      ...(forecast
        ? [
            quantity(
              'shortfall',
              (c) =>
                `MIN(${at(c, 'free')}-${at(c, 'buffer')},SUMIFS(${forecast.range('h')},${forecast.range('b')},${key(c)}))`,
              (pool) => pool.figures.shortfall,
            ),
          ]
        : []),
      money(
        'unusedBuffer',
        byCapacity,
        (c) => `${at(c, 'buffer')}*${at(c, 'rate')}`,
        (pool) => pool.figures.unusedBuffer,
      ),
      money(
        'unusedShortfall',
        byCapacity,
        (c) => (forecast ? `${at(c, 'shortfall')}*${at(c, 'rate')}` : `0*${at(c, 'rate')}`),
        (pool) => pool.figures.unusedShortfall,
      ),
      money(
        'unusedOther',
        byCapacity,
        (c) => `${at(c, 'unusedCost')}-${at(c, 'unusedBuffer')}-${at(c, 'unusedShortfall')}`,
        (pool) => pool.figures.unusedOther,
      ),
    );
  }
  if (standard.length > 0) {
    rows.push(
      money(
        'charged',
        standard,
        (c) => `ROUND(${at(c, 'standard')}*${at(c, 'chargeRate')},Digits)`,
        (pool) => pool.figures.charged,
        'money',
      ),
      money(
        'rest',
        standard,
        (c) => `${at(c, 'cost')}-${at(c, 'charged')}`,
        (pool) => pool.figures.rest,
        'money',
      ),
      money(
        'handleTime',
        standard,
        (c) => `(${at(c, 'used')}-${at(c, 'standard')})*${at(c, 'rate')}`,
        (pool) => pool.figures.handleTime,
      ),
      money(
        'rateVariance',
        standard,
        (c) => `${at(c, 'rest')}-${at(c, 'handleTime')}-${at(c, 'unusedCost')}`,
        (pool) => pool.figures.rateVariance,
      ),
      money(
        'rateOwn',
        standard,
        (c) => `${at(c, 'rateVariance')}*IF(${at(c, 'cost')}=0,1,${at(c, 'own')}/${at(c, 'cost')})`,
        (pool) => pool.figures.rateOwn,
      ),
      money(
        'rateSupport',
        standard,
        (c) => `${at(c, 'rateVariance')}-${at(c, 'rateOwn')}`,
        (pool) => pool.figures.rateSupport,
      ),
    );
  }
  if (reserved.length > 0) {
    const held = frame.table('assumptions.reserved');
    rows.push(
      money(
        'reservedUnused',
        reserved,
        (c) =>
          `${at(c, 'cost')}-${at(c, 'variableCost')}-${at(c, 'fixedRate')}*SUMIFS(${held.range('c')},${held.range('b')},${key(c)})`,
        (pool) => pool.figures.reservedUnused,
      ),
    );
  }
  return rows;
}
