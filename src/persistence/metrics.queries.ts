import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface MetricFigures {
  /** how many by state */
  readonly periods: Readonly<Record<string, number>>;
  readonly parked: number;
  readonly disputes: number;
  readonly events: number;
}

export async function figuresForMetrics(tx: Tx): Promise<MetricFigures> {
  return ((await tx.query(sql('metrics'))) as [MetricFigures])[0];
}
