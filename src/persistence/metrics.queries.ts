import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface MetricFigures {
  /** how many by state */
  readonly periods: Readonly<Record<string, number>>;
  readonly parked: number;
  readonly disputes: number;
  readonly events: number;
  /** rows of all imports by what became of them: new, changed, refused */
  readonly rows: Readonly<Record<string, number>>;
  /** share of the newest calculated period's contacts that nobody answers for; null before the first */
  readonly unattributed: number | null;
  /** seconds since 1970 of the newest check that found the audit log whole; null before the first */
  readonly verified: number | null;
}

export async function figuresForMetrics(tx: Tx): Promise<MetricFigures> {
  return ((await tx.query(sql('metrics'))) as [MetricFigures])[0];
}
