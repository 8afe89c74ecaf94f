import type { Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface ModelVersion {
  readonly model_id: number;
  readonly from_period: Period;
  readonly hash: string;
  readonly yaml: string;
}

export interface ModelListing {
  readonly model_id: number;
  readonly from_period: Period;
  readonly hash: string;
  readonly applied_at: Date;
  readonly applied_by: string | null;
}

/** The version that a period is closed with, or undefined. */
export async function modelOfPeriod(tx: Tx, period: Period): Promise<ModelVersion | undefined> {
  return ((await tx.query(sql('model-of-period'), [period])) as ModelVersion[])[0];
}

export async function modelById(tx: Tx, id: number): Promise<ModelVersion | undefined> {
  return ((await tx.query(sql('model-by-id'), [id])) as ModelVersion[])[0];
}

export async function modelList(tx: Tx): Promise<ModelListing[]> {
  return (await tx.query(sql('model-list'))) as ModelListing[];
}

export async function insertModel(tx: Tx, from: Period, hash: string, yaml: string, userId: number): Promise<number> {
  return ((await tx.query(sql('model-insert'), [from, hash, yaml, userId])) as [{ model_id: number }])[0].model_id;
}

/** @throws the database's error when it cannot read the pattern */
export async function checkPattern(tx: Tx, pattern: string): Promise<void> {
  await tx.query(sql('regular-expression'), [pattern]);
}
