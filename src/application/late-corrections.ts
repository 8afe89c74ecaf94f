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
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { cellsAt, keepingOf } from './cells-at.ts';
import { keptOr, type Keeping } from './kept-figures.ts';
import type { Control } from './roll-up-control.ts';

/** Of closed periods only facts move: their rules and records are those of their issued runs. */
const LATE_FACTS = {
  kinds: ['contacts', 'contact_segments', 'exposures', 'customers', 'ledger', 'fx'],
  from: '0001-01' as Period,
  to: '9999-12' as Period,
};

export interface LateCorrections {
  readonly adjustments: readonly Adjustment[];
  readonly changes: readonly LedgerChange[];
}

/**
 * Facts of closed periods that came after they were last booked, as adjustments of the posting period. Each closed
 * period is read twice, as last booked and as it stands, both with the rules, records, standards and rates of its issued
 * run; what differs is the correction, so that corrections of corrections add up.
 */
export async function lateCorrections(tx: Tx, posting: Posting, issued: IssuedReading): Promise<LateCorrections> {
  const { corrected = [] } = posting.reads;
  if (corrected.length === 0) return { adjustments: [], changes: [] };
  const may = keepingOf(posting.control, posting.keeping);
  if (may === 'no') return await findCorrections(tx, posting, issued);
  const basis = {
    subject: `late corrections of ${posting.period}`,
    on: [corrected, posting.model.parked_entries, await touchingMark(tx, posting.mark, LATE_FACTS)],
  };
  const kept = await keptOr(tx, may, basis, async () => asText(await findCorrections(tx, posting, issued)));
  return {
    changes: kept.changes,
    adjustments: kept.adjustments.map(({ contacts, quantity, rate, ...adjustment }) => ({
      ...adjustment,
      contacts: Fraction.parse(contacts),
      quantity: Fraction.parse(quantity),
      rate: rate === null ? null : Fraction.parse(rate),
    })),
  };
}

/** Plain data: fractions as their quotients. */
function asText({ adjustments, changes }: LateCorrections) {
  return {
    changes,
    adjustments: adjustments.map(({ contacts, quantity, rate, ...adjustment }) => ({
      ...adjustment,
      contacts: contacts.toString(),
      quantity: quantity.toString(),
      rate: rate && rate.toString(),
    })),
  };
}

interface Posting {
  readonly period: Period;
  readonly mark: string;
  readonly reads: RunReads;
  readonly model: { readonly parked_entries: readonly string[] };
  readonly control: Control | undefined;
  readonly keeping: Keeping;
}

type IssuedReading = (run: RunRow) => Promise<{ readonly contacts: ContactReading; readonly inputs: CloseInputs }>;

async function findCorrections(tx: Tx, posting: Posting, issued: IssuedReading): Promise<LateCorrections> {
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
      since === run.watermark
        ? reading.inputs.cells
        : await cellsAt(tx, { ...reading.contacts, watermark: since }, posting.control);
    const after = await cellsAt(tx, { ...reading.contacts, watermark: posting.mark }, posting.control);
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
