import type { PoolView } from '../../model/workbook-model.ts';
import type { Frame } from '../../plan/frame.ts';

/** One row of Rates: what it is, in which unit, and its formula for a pool's column. */
export interface RateRow {
  readonly item: string;
  readonly label: string;
  readonly unit: 'currency' | 'driver' | 'share' | 'perDriver' | 'perShown' | 'word';
  readonly format?: string;
  readonly style?: string;
  /** pools that have the figure */
  readonly of: readonly PoolView[];
  readonly formula: (column: string, pool: PoolView) => string;
  readonly result: (pool: PoolView) => number | string;
  /** whether a total of the row means something */
  readonly sums?: boolean;
}

/** Row of an item in a pool's column, relative. */
export function cellAt(frame: Frame, column: string, item: string): string {
  return `${column}${frame.rowOf('rates', item)}`;
}
