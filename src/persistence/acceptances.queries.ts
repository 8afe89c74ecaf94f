import type { Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface AcceptanceRow {
  readonly number: string;
  readonly unit_code: string;
  readonly accepted_by: string;
  readonly accepted_at: Date;
}

/** Acceptances of a period's issued statements, every version, that the current role may see. */
export async function acceptances(tx: Tx, period: Period): Promise<AcceptanceRow[]> {
  return (await tx.query(sql('acceptance-list'), [period])) as AcceptanceRow[];
}

/** @returns false when it was accepted before */
export async function insertAcceptance(tx: Tx, number: string, unit: string, userId: number): Promise<boolean> {
  return ((await tx.query(sql('acceptance-insert'), [number, unit, userId])) as unknown[]).length === 1;
}
