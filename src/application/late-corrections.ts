import { Fraction } from '../domain/fraction.ts';
import type { Period } from '../domain/period.ts';
import type { Adjustment, LedgerChange } from '../domain/statements/adjustment.ts';
import type { CloseInputs } from '../domain/statements/close-inputs.ts';
import { cellDeltas, contactCorrections, type IssuedFrame } from '../domain/statements/corrections.ts';
import { ledgerCorrections, type IssuedShare } from '../domain/statements/ledger-corrections.ts';
import { fxList, ledgerList, type ContactReading } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import {
  lineList,
  poolList,
  runRow,
  serviceLineList,
  type RunReads,
  type RunRow,
} from '../persistence/runs.queries.ts';
import { cellsAt } from './cells-at.ts';

export interface LateCorrections {
  readonly adjustments: readonly Adjustment[];
  readonly changes: readonly LedgerChange[];
}

/**
 * Facts of closed periods that came after they were last booked, as adjustments of the posting period. Each closed
 * period is read twice, as last booked and as it stands, both with the rules, records, standards and rates of its issued
 * run; what differs is the correction, so that corrections of corrections add up.
 */
export async function lateCorrections(
  tx: Tx,
  posting: {
    readonly period: Period;
    readonly mark: string;
    readonly reads: RunReads;
    readonly model: { readonly parked_entries: readonly string[] };
  },
  issued: (run: RunRow) => Promise<{ readonly contacts: ContactReading; readonly inputs: CloseInputs }>,
): Promise<LateCorrections> {
  const adjustments: Adjustment[] = [];
  const changes: LedgerChange[] = [];
  for (const { period, run: runId, since } of posting.reads.corrected ?? []) {
    const run = (await runRow(tx, runId))!;
    const reading = await issued(run);
    const pools = await poolList(tx, runId);
    const frame: IssuedFrame = {
      inputs: reading.inputs,
      chargeRates: new Map(pools.map((row) => [row['pool_code']!, Fraction.parse(row['standard_rate']!)])),
    };
    const before =
      since === run.watermark ? reading.inputs.cells : await cellsAt(tx, { ...reading.contacts, watermark: since });
    const after = await cellsAt(tx, { ...reading.contacts, watermark: posting.mark });
    adjustments.push(...contactCorrections(frame, cellDeltas(before, after), posting.period));
    const states = {
      before: { entries: await ledgerList(tx, period, since), rates: await fxList(tx, period, since) },
      after: { entries: await ledgerList(tx, period, posting.mark), rates: await fxList(tx, period, posting.mark) },
    };
    const late = ledgerCorrections(
      frame,
      states,
      await issuedShares(tx, runId),
      posting.period,
      posting.model.parked_entries,
    );
    adjustments.push(...late.adjustments);
    if (late.change.amount !== 0n) changes.push(late.change);
  }
  return { adjustments, changes };
}

/** What the issued run posted of each pool, by unit and decision, and by kind of service's lines. */
async function issuedShares(tx: Tx, run: string): Promise<IssuedShare[]> {
  const lines = (await lineList(tx, run)).map((line): IssuedShare => {
    const charged = line.treatment === 'charged';
    return {
      pool: line.pool_code,
      unit: charged ? line.unit_code : null,
      kind: charged ? line.kind : line.treatment,
      decision: line.decision_code,
      amount: BigInt(line.amount_minor),
    };
  });
  const service = (await serviceLineList(tx, run)).flatMap((row): IssuedShare[] =>
    row['pool_code'] == null
      ? []
      : [
          {
            pool: row['pool_code'],
            unit: null,
            kind: row['kind']!,
            decision: null,
            amount: BigInt(row['amount_minor']!),
          },
        ],
  );
  return [...lines, ...service];
}
