import type { Period } from '../domain/period.ts';
import type { JournalPosting } from '../domain/statements/journal.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** Charges and adjustments of a run's units, by decision and charge period. */
export async function journalPostings(tx: Tx, run: string): Promise<JournalPosting[]> {
  const rows = (await tx.query(sql('journal-postings'), [run])) as {
    unit_code: string;
    decision_code: string | null;
    charge_period: Period;
    is_adjustment: boolean;
    amount_minor: string;
  }[];
  return rows.map((row) => ({
    unit: row.unit_code,
    decision: row.decision_code,
    chargePeriod: row.charge_period,
    isAdjustment: row.is_adjustment,
    amount: BigInt(row.amount_minor),
  }));
}

export interface JournalRow {
  readonly journal_no: string;
  readonly issue_id: string;
  readonly version: number;
  readonly run_id: string;
  readonly mapping: string;
  readonly mapping_hash: string;
  readonly content: Buffer;
  readonly sha256: string;
  readonly lines: number;
  readonly total_minor: string;
  readonly made_by: string;
  readonly made_at: Date;
  readonly reference: string | null;
  readonly booked_on: string | null;
  readonly read_at: Date | null;
}

export async function journalList(tx: Tx, period: Period): Promise<JournalRow[]> {
  return (await tx.query(sql('journal-list'), [period])) as JournalRow[];
}

/** @returns the number of the file */
export async function insertJournal(
  tx: Tx,
  journal: {
    readonly issueId: string;
    readonly mapping: string;
    readonly mappingHash: string;
    readonly content: Buffer;
    readonly sha256: string;
    readonly lines: number;
    readonly total: bigint;
    readonly userId: number;
  },
): Promise<string> {
  const { issueId, mapping, mappingHash, content, sha256, lines, total, userId } = journal;
  const values = [issueId, mapping, mappingHash, content, sha256, lines, `${total}`, userId];
  const [row] = (await tx.query(sql('journal-insert'), values)) as [{ journal_no: string }];
  return row.journal_no;
}

export async function insertReceipt(
  tx: Tx,
  receipt: {
    readonly journalNo: string;
    readonly reference: string;
    readonly bookedOn: string;
    readonly total: bigint;
    readonly sha256: string;
    readonly userId: number;
  },
): Promise<void> {
  const { journalNo, reference, bookedOn, total, sha256, userId } = receipt;
  await tx.query(sql('journal-receipt-insert'), [journalNo, reference, bookedOn, `${total}`, sha256, userId]);
}
