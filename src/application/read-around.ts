import { attribute } from '../domain/attribution/rulebook.ts';
import { Register } from '../domain/attribution/register.ts';
import { Fraction } from '../domain/fraction.ts';
import type { Model } from '../domain/model/model.ts';
import { firstDay, type Period } from '../domain/period.ts';
import type { BridgeLine } from '../domain/statements/bridge.ts';
import type { CloseInputs } from '../domain/statements/close-inputs.ts';
import type { DocumentContext } from '../domain/statements/document.ts';
import type { MissingSource, ParkingInputs } from '../domain/statements/parking.ts';
import { restatedLines } from '../domain/statements/restated.ts';
import { standardsOf } from '../domain/statements/standards.ts';
import {
  missingSources,
  parkingRuled,
  periodsOfRuns,
  ruledAdjustments,
  trailingCells,
  unitCharges,
} from '../persistence/adjustments.queries.ts';
import { cellList, reasonList, type ContactReading } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { modelById } from '../persistence/models.queries.ts';
import { lineList, runAdjustments, runRow, type RunReads, type RunRow } from '../persistence/runs.queries.ts';
import { bridgeLinesByUnit } from './bridge-lines.ts';
import { cellFacts, storedSum } from './cells-at.ts';
import type { Keeping } from './kept-figures.ts';
import { parseModel } from './model-text.ts';
import { lateCorrections } from './late-corrections.ts';
import type { Control } from './roll-up-control.ts';

/** What a close has read of its own period when it looks around. */
export interface OwnReading {
  readonly period: Period;
  readonly mark: string;
  readonly model: Model;
  readonly register: Register;
  readonly reads: RunReads;
  readonly derivedStandards: CloseInputs['derivedStandards'];
  readonly digits: number;
  readonly control: Control | undefined;
  readonly keeping: Keeping;
}

/** A closed period as its issued run read it. */
export type IssuedReading = (
  run: RunRow,
) => Promise<{ readonly contacts: ContactReading; readonly inputs: CloseInputs }>;

export interface Around {
  readonly inputs: Pick<CloseInputs, 'adjustments' | 'ledgerChanges' | 'parking'>;
  readonly context: Pick<DocumentContext, 'lastLines' | 'restatedLines' | 'lastAdjustments'>;
  /** for the hash of the inputs */
  readonly content: object;
}

/**
 * What a close takes beside its own month: late facts and rulings that it books, what its bounds compare with, and the
 * last period for the bridge.
 */
export async function readAround(tx: Tx, own: OwnReading, issued: IssuedReading): Promise<Around> {
  const { reads } = own;
  const late = await lateCorrections(tx, own, issued);
  const ruled = reads.adjustments ? await ruledAdjustments(tx, reads.adjustments) : [];
  const adjustments = [...late.adjustments, ...ruled];
  const parking = await parkingInputs(tx, own);
  const last = await lastPeriod(tx, own);
  return {
    inputs: { adjustments, ledgerChanges: late.changes, parking },
    context: last.context,
    content: {
      lastLines: last.context.lastLines ?? null,
      restated: last.context.restatedLines ?? null,
      lastAdjustments: last.context.lastAdjustments ?? null,
      adjustments,
      ledgerChanges: late.changes,
      parking: { ...parking, ruled: [...parking.ruled] },
    },
  };
}

/** Trailing charges, sources that stopped, and rulings: what the bounds of the model are held against. */
async function parkingInputs(tx: Tx, own: OwnReading): Promise<ParkingInputs> {
  const { period, mark, reads } = own;
  const ruled = await parkingRuled(tx, period, reads.parkingRulings ?? '0');
  const trailing = await unitCharges(tx, reads.measures);
  const months = (await periodsOfRuns(tx, reads.measures)).map(firstDay);
  const gone = months.length < 3 ? [] : await missingSources(tx, months, firstDay(period), mark);
  if (gone.length === 0) return { trailing, missing: [], ruled };
  const shares = await trailingShares(tx, months, own);
  const missing = gone.map(({ dimension, value }): MissingSource => {
    const units = [...shares].map(([unit, contacts]) => {
      const all = contacts.reduce((sum, { parts }) => sum.plus(parts), Fraction.ZERO);
      const lost = contacts.filter((cell) => cell[dimension] === value);
      return [unit, lost.reduce((sum, { parts }) => sum.plus(parts), Fraction.ZERO).over(all)] as const;
    });
    return { source: `${dimension} ${value}`, shares: new Map(units.filter(([, share]) => !share.isZero)) };
  });
  return { trailing, missing, ruled };
}

interface TrailingPart {
  readonly channel: string;
  readonly vendor: string | null;
  readonly site: string | null;
  readonly parts: Fraction;
}

/** Contacts of the trailing months by the unit that the rules give them to today, without their exposures. */
async function trailingShares(
  tx: Tx,
  months: readonly string[],
  own: OwnReading,
): Promise<Map<string, TrailingPart[]>> {
  const { model, register, mark, period } = own;
  const dimensions = await cellList(tx);
  const shares = new Map<string, TrailingPart[]>();
  const trailing = await trailingCells(tx, months, mark);
  const sums = trailing.map(({ cell_no: cellNo, contacts }) => storedSum(cellNo, 1, BigInt(contacts)));
  for (const facts of cellFacts(sums, dimensions, { cuts: [firstDay(period)], patterns: [] })) {
    const { channel, vendor, site } = facts.dimensions;
    const outcome = attribute(facts, model, register, { excess: new Map(), incremental: new Map() });
    for (const { unit, share } of outcome.parts) {
      const part = { channel, vendor, site, parts: share.times(facts.parts) };
      shares.set(unit, [...(shares.get(unit) ?? []), part]);
    }
  }
  return shares;
}

/** The last period's lines, the same at this period's standards, and its adjustments by unit. */
async function lastPeriod(tx: Tx, own: OwnReading): Promise<{ context: Around['context'] }> {
  const { reads, model, register, derivedStandards, digits } = own;
  if (reads.previous === null) return { context: { lastLines: undefined } };
  const run = (await runRow(tx, reads.previous))!;
  const lastLines = bridgeLinesByUnit(await lineList(tx, reads.previous));
  const lastModel = parseModel((await modelById(tx, run.model_id))!.yaml);
  const lastRecords = new Register({
    units: [],
    decisions: [],
    owners: [],
    reasons: await reasonList(tx, run.watermark),
  });
  const before = {
    model: lastModel,
    standards: standardsOf({ model: lastModel, register: lastRecords, derivedStandards: new Map() }),
  };
  const now = { model, standards: standardsOf({ model, register, derivedStandards }) };
  const restated = new Map<string, readonly BridgeLine[]>();
  for (const [unit, lines] of lastLines) restated.set(unit, restatedLines(lines, before, now, digits));
  const lastAdjustments = new Map<string, bigint>();
  for (const row of await runAdjustments(tx, reads.previous)) {
    if (row.unit_code === null) continue;
    lastAdjustments.set(row.unit_code, (lastAdjustments.get(row.unit_code) ?? 0n) + BigInt(row.amount_minor));
  }
  return { context: { lastLines, restatedLines: restated, lastAdjustments } };
}

export const NOTHING_AROUND: Around = { inputs: {}, context: { lastLines: undefined }, content: {} };
