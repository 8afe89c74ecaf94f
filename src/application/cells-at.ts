import type { Cause } from '../domain/attribution/causes.ts';
import { Numbering } from '../domain/numbering.ts';
import { addDays, firstDay, periodOf, type LocalDate, type Period } from '../domain/period.ts';
import {
  cellsOf,
  ESCALATED,
  TRANSFERRED,
  type CellColumns,
  type CellVariant,
  type KindColumns,
  type TextColumn,
} from '../domain/statements/cell-columns.ts';
import type { CellFacts } from '../domain/statements/cell-facts.ts';
import { cellList, type CellRow, type CellSum, type ContactReading } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { isDistributed } from '../persistence/distribution.queries.ts';
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { rollUp } from '../persistence/roll-up.queries.ts';
import { keptOr, type Basis, type Keeping } from './kept-figures.ts';
import { controlSample, proveRollUp, sumsOnNodes, type Control } from './roll-up-control.ts';

/** Like contacts of a period as they stand at a watermark, summed: cell by cell, in any order. */
export async function cellsAt(...asked: Parameters<typeof columnsAt>): Promise<CellFacts[]> {
  return cellsOf(await columnsAt(...asked));
}

/**
 * The roll-up that a close reads: like contacts of a period as they stand at a watermark, summed.
 * @param control absent: not proven by the SQL road @throws OutOfBalance when the two roads differ. On a cluster the SQL
 *   road is the only one, and its contacts are held against what the imports counted
 * @param keeping of proven sums only: what is kept was proven when it was made; all contacts are always proven anew
 */
export async function columnsAt(
  tx: Tx,
  reading: ContactReading,
  control?: Control,
  keeping: Keeping = 'no',
): Promise<CellColumns> {
  const make = async (): Promise<CellColumns> => {
    const sums = (await isDistributed(tx)) ? await sumsOnNodes(tx, reading) : await sumsHere(tx, reading, control);
    return columnsOf(sums, await cellList(tx, [...new Set(sums.map((sum) => sum.cell_no))]), reading);
  };
  const may = keepingOf(control, keeping);
  return may === 'no' ? await make() : await keptOr(tx, may, await basisOfCells(tx, reading), make);
}

async function sumsHere(tx: Tx, reading: ContactReading, control: Control | undefined): Promise<readonly CellSum[]> {
  const sample = control && (await controlSample(tx, reading, control));
  const found = await rollUp(tx, reading, { sample });
  if (control) await proveRollUp(tx, reading, found, sample);
  return found.sums;
}

/** What is proven in full is made anew; what was not proven is not kept. */
export function keepingOf(control: Control | undefined, keeping: Keeping): Keeping {
  return control === 'full' ? 'no' : control === undefined && keeping === 'keep' ? 'look' : keeping;
}

/** Everything that the sums of a month rest on: what is asked of the contacts, and which imports bring them. */
export async function basisOfCells(tx: Tx, reading: ContactReading): Promise<Basis> {
  const { period, cuts, watermark, patterns, exposureRules } = reading;
  const longest = Math.max(0, ...exposureRules.map((rule) => rule.days));
  const mark = await touchingMark(tx, watermark, {
    kinds: ['contacts', 'contact_segments', ...(exposureRules.length > 0 ? ['exposures'] : [])],
    from: monthOfDaysBefore(period, Math.max(DAYS_BEFORE, longest + 1)),
    to: period,
  });
  return { subject: `roll-up of ${period}`, on: ['in columns', cuts, patterns, exposureRules, mark] };
}

/** Contacts that a repeat goes back to, and a day for the company's clock. */
const DAYS_BEFORE = 8;

export function monthOfDaysBefore(period: Period, days: number): Period {
  return periodOf(addDays(firstDay(period), -days));
}

/** The sums of a reading in columns. */
export function columnsOf(
  sums: readonly CellSum[],
  dimensions: ReadonlyMap<number, CellRow>,
  reading: Pick<ContactReading, 'cuts' | 'patterns'>,
): CellColumns {
  const [kinds, variants] = [new Numbering<number>(), new Numbering<string>()];
  const seen: CellVariant[] = [];
  const kind = Int32Array.from(sums, (sum) => kinds.of(sum.cell_no));
  const variant = Int32Array.from(sums, (sum) => {
    const trace = traceOf(sum);
    const place = variants.of(trace);
    seen[place] ??= variantOf(sum, trace, reading);
    return place;
  });
  const rows = kinds.values().map((cell) => dimensions.get(cell)!);
  return {
    kinds: kindColumns(rows),
    variants: seen,
    kind,
    variant,
    parts: words(sums, (sum) => sum.parts),
    seconds: words(sums, (sum) => sum.seconds),
    untimedParts: words(sums, (sum) => sum.untimed_parts),
  };
}

/** Stored cells in columns. */
export function kindColumns(rows: readonly CellRow[]): KindColumns {
  const texts = (column: keyof CellRow): TextColumn => textColumn(rows.map((row) => row[column] as string | null));
  return {
    number: Int32Array.from(rows, (row) => row.cell_no),
    dimensions: {
      channel: texts('channel'),
      reason: texts('reason_code'),
      queue: texts('queue'),
      site: texts('site'),
      vendor: texts('vendor'),
      product: texts('product'),
      segment: texts('segment'),
      language: texts('language'),
      direction: texts('direction'),
    },
    tag: texts('decision_code'),
    flags: Uint8Array.from(rows, (row) => (row.escalated ? ESCALATED : 0) | (row.transferred ? TRANSFERRED : 0)),
  };
}

function textColumn(values: readonly (string | null)[]): TextColumn {
  const texts = new Numbering<string | null>();
  const of = Int32Array.from(values, (value) => texts.of(value));
  return { texts: texts.values(), of };
}

/** @throws RangeError when a sum needs more than 64 bits */
function words(sums: readonly CellSum[], of: (sum: CellSum) => bigint): BigInt64Array {
  return BigInt64Array.from(sums, (sum) => {
    const value = of(sum);
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`a cell sums to ${value}, more than 64 bits hold`);
    return value;
  });
}

function variantOf(
  sum: CellSum,
  trace: string,
  { cuts, patterns }: Pick<ContactReading, 'cuts' | 'patterns'>,
): CellVariant {
  return {
    reason: sum.reason_code,
    day: cuts[sum.slice - 1]!,
    known: sum.known,
    taggedOn: sum.tagged_on,
    repeat: sum.repeat,
    causes: causesOf(sum.causes),
    textHits: patterns.filter((_, i) => (sum.hits & (1 << i)) !== 0),
    trace,
  };
}

/** A sum of which only the stored cell is known, as imports saw it: nothing that a close finds out. */
export function storedSum(cellNo: number, slice: number, parts: bigint): CellSum {
  return {
    ...{ cell_no: cellNo, reason_code: null, slice, repeat: false, hits: 0, causes: null, known: false },
    ...{ tagged_on: null, parts, seconds: 0n, untimed_parts: 0n },
  };
}

/** Cell by cell, in the order of the sums. */
export function cellFacts(...asked: Parameters<typeof columnsOf>): CellFacts[] {
  return cellsOf(columnsOf(...asked));
}

const NO_CAUSES: readonly Cause[] = [];

function causesOf(text: string | null): readonly Cause[] {
  if (text === null) return NO_CAUSES;
  return (JSON.parse(text) as [string, string, LocalDate, number][]).map(([rule, decision, hitOn, ageDays]) => ({
    rule,
    decision,
    hitOn,
    ageDays,
  }));
}

/** Finds the contacts of a cell again, behind the number of its stored cell. */
function traceOf(
  sum: Pick<CellSum, 'reason_code' | 'slice' | 'repeat' | 'hits' | 'causes' | 'known' | 'tagged_on'>,
): string {
  return JSON.stringify([sum.reason_code, sum.slice, sum.repeat, sum.hits, sum.causes, sum.known, sum.tagged_on]).slice(
    1,
  );
}
