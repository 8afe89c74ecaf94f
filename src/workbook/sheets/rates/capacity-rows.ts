import type { Fraction } from '../../../domain/fraction.ts';
import { double } from '../../model/numbers.ts';
import type { PoolView } from '../../model/workbook-model.ts';
import type { Frame } from '../../plan/frame.ts';
import { cellAt, type RateRow } from './rate-row.ts';
import { chargeItem } from '../keys.ts';

export function capacityRows(frame: Frame, rated: readonly PoolView[]): RateRow[] {
  const volumes = frame.table('volumes');
  const capacity = frame.table('assumptions.capacity');
  const key = (column: string) => `${column}$${frame.rowOf('rates', 'key')}`;
  const at = (column: string, item: string) => cellAt(frame, column, item);
  const lookUp = (column: string, of: string) => `SUMIFS(${capacity.range(of)},${capacity.range('b')},${key(column)})`;
  const quantity = (item: string, formula: RateRow['formula'], result: (pool: PoolView) => Fraction): RateRow => ({
    item,
    label: frame.label(`rates.${item}`),
    unit: 'driver',
    format: 'quantity',
    of: rated,
    formula,
    result: (pool) => double(result(pool)),
  });
  return [
    {
      ...quantity(
        'used',
        (column) => `SUMIFS(${volumes.range('used')},${volumes.range('poolKey')},${key(column)})`,
        (pool) => pool.result.used,
      ),
      style: 'Import',
    },
    {
      ...quantity(
        'standard',
        (column) => `SUMIFS(${volumes.range('standardQuantity')},${volumes.range('poolKey')},${key(column)})`,
        (pool) => pool.result.standard,
      ),
      style: 'Import',
    },
    {
      ...quantity(
        'practical',
        (column) => `IF(${lookUp(column, 'i')}=1,${lookUp(column, 'h')},${at(column, 'used')})`,
        (pool) => pool.result.practical,
      ),
      style: 'Import',
    },
    quantity(
      'within',
      (column) => `MIN(${at(column, 'practical')},${at(column, 'used')})`,
      (pool) => pool.result.used.minus(pool.result.overCapacity),
    ),
    quantity(
      'free',
      (column) => `MAX(0,${at(column, 'practical')}-${at(column, 'used')})`,
      (pool) => pool.figures.free,
    ),
    quantity(
      'over',
      (column) => `MAX(0,${at(column, 'used')}-${at(column, 'practical')})`,
      (pool) => pool.result.overCapacity,
    ),
    {
      item: 'utilisation',
      label: frame.label('rates.utilisation'),
      unit: 'share',
      format: 'percent',
      of: rated,
      formula: (column) => `IF(${at(column, 'practical')}=0,0,${at(column, 'used')}/${at(column, 'practical')})`,
      result: ({ result }) => (result.practical.isZero ? 0 : double(result.used.over(result.practical))),
    },
  ];
}

export function rateRows(frame: Frame, rated: readonly PoolView[]): RateRow[] {
  const pools = frame.table('assumptions.pools');
  const key = (column: string) => `${column}$${frame.rowOf('rates', 'key')}`;
  const at = (column: string, item: string) => cellAt(frame, column, item);
  const poolCell = (column: string, of: string) => `SUMIFS(${pools.range(of)},${pools.range('c')},${key(column)})`;
  const shown = (pool: PoolView, rate: Fraction) => frame.exactMoney(rate.times(BigInt(pool.shownPer)));
  const rows: RateRow[] = [
    {
      item: 'rate',
      label: frame.label('rates.rate'),
      unit: 'perDriver',
      format: 'rateExact',
      of: rated,
      formula: (column) =>
        `IF(MAX(${at(column, 'practical')},${at(column, 'used')})=0,0,${at(column, 'cost')}/MAX(${at(column, 'practical')},${at(column, 'used')}))`,
      result: (pool) => frame.exactMoney(pool.result.rate),
    },
    {
      item: 'chargeRate',
      label: frame.label('rates.chargeRate'),
      unit: 'perDriver',
      format: 'rateExact',
      style: 'Import',
      of: rated.filter(({ split }) => split === 'standard'),
      formula: (column) => `IF(${poolCell(column, 'p')}=1,${poolCell(column, 'j')},${at(column, 'rate')})`,
      result: (pool) => frame.exactMoney(pool.result.chargeRate),
    },
    {
      item: 'published',
      label: frame.label('rates.published'),
      unit: 'perShown',
      format: 'rate',
      style: 'Word',
      of: rated,
      formula: (column, pool) => `${at(column, chargeItem(pool))}*${poolCell(column, 'n')}`,
      result: (pool) => shown(pool, pool.result.chargeRate),
    },
  ];
  if (!rated.some(({ split }) => split === 'reserved')) return rows;
  const reserved = rated.filter(({ split }) => split === 'reserved');
  const exact = (
    item: string,
    unit: RateRow['unit'],
    formula: RateRow['formula'],
    result: (pool: PoolView) => Fraction,
  ): RateRow => ({
    item,
    label: frame.label(`rates.${item}`),
    unit,
    format: unit === 'currency' ? 'exact' : 'rateExact',
    of: reserved,
    formula,
    result: (pool) => frame.exactMoney(result(pool)),
  });
  rows.splice(
    2,
    0,
    exact(
      'variableCost',
      'currency',
      (column) => `IF(${at(column, 'used')}=0,0,${at(column, 'cost')}*${poolCell(column, 'm')})`,
      (pool) => pool.figures.variableCost,
    ),
    exact(
      'variableRate',
      'perDriver',
      (column) => `IF(${at(column, 'used')}=0,0,${at(column, 'variableCost')}/${at(column, 'used')})`,
      (pool) => pool.figures.variableRate,
    ),
    exact(
      'fixedRate',
      'perDriver',
      (column) =>
        `IF(${at(column, 'practical')}=0,0,(${at(column, 'cost')}-${at(column, 'variableCost')})/${at(column, 'practical')})`,
      (pool) => pool.figures.fixedRate,
    ),
  );
  return rows;
}
