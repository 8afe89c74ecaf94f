import type { PoolView } from '../../model/workbook-model.ts';
import type { Frame } from '../../plan/frame.ts';
import { cellAt, type RateRow } from './rate-row.ts';
import { isUnplaced, RESULT_KEPT } from '../keys.ts';

/** What became of each pool's cost, and that nothing of it is missing. */
export function outcomeRows(frame: Frame, pools: readonly PoolView[]): RateRow[] {
  const allocation = frame.table('allocation');
  const lines = frame.table('lines');
  const places = frame.table('assumptions.pools');
  const key = (column: string) => `${column}$${frame.rowOf('rates', 'key')}`;
  const money = (
    item: string,
    formula: RateRow['formula'],
    amount: (pool: PoolView) => bigint,
    style = 'Import',
  ): RateRow => ({
    item,
    label: frame.label(`rates.${item}`),
    unit: 'currency',
    style,
    of: pools,
    formula,
    result: (pool) => frame.money(amount(pool)),
    sums: true,
  });
  const ofLines = (column: string, charged: number) =>
    `SUMIFS(${lines.range('amount')},${lines.range('poolKey')},${key(column)},${lines.range('charged')},${charged})`;
  const kept = (pool: PoolView) => pool.result.variances + pool.result.unused + pool.result.unattributed;
  const rows = [
    money(
      'outCharged',
      (c) => ofLines(c, 1),
      (pool) => pool.result.charged,
    ),
    ...(frame.features.has('withheld')
      ? [
          money(
            'outWithheld',
            (c) => `${ofLines(c, 0)}+${ofLines(c, 2)}`,
            (pool) => pool.result.withheld + pool.result.parked,
          ),
        ]
      : []),
    money(
      'outKept',
      (c) =>
        `SUMIFS(${allocation.range('posted')},${allocation.range('poolKey')},${key(c)},${allocation.range('resultNo')},${RESULT_KEPT})`,
      (pool) => (pool.split === 'direct' ? 0n : kept(pool)),
    ),
    ...(pools.some(isUnplaced)
      ? [
          money(
            'outUnplaced',
            (c) => `${cellAt(frame, c, 'cost')}*SUMIFS(${places.range('o')},${places.range('c')},${key(c)})`,
            (pool) => (isUnplaced(pool) ? pool.result.cost : 0n),
          ),
        ]
      : []),
  ];
  const first = rows[0]!.item;
  return [
    ...rows,
    {
      ...money(
        'outDifference',
        (c) =>
          `${cellAt(frame, c, 'cost')}-SUM(${cellAt(frame, c, first)}:${c}${frame.rowOf('rates', 'outDifference') - 1})`,
        () => 0n,
        'Total',
      ),
      format: 'moneyZero',
    },
  ];
}
