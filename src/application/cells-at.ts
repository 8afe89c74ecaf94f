import type { Cause } from '../domain/attribution/causes.ts';
import { addDays, firstDay, periodOf, type LocalDate, type Period } from '../domain/period.ts';
import type { CellFacts } from '../domain/statements/cell-facts.ts';
import { cellList, type CellRow, type CellSum, type ContactReading } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { touchingMark } from '../persistence/kept-figures.queries.ts';
import { rollUp } from '../persistence/roll-up.queries.ts';
import { keptOr, type Basis, type Keeping } from './kept-figures.ts';
import { controlSample, proveRollUp, type Control } from './roll-up-control.ts';

/**
 * Like contacts of a period as they stand at a watermark, summed: the roll-up that a close reads.
 * @param control absent: not proven by the SQL road @throws OutOfBalance when the two roads differ
 * @param keeping of proven sums only: what is kept was proven when it was made; all contacts are always proven anew
 */
export async function cellsAt(
  tx: Tx,
  reading: ContactReading,
  control?: Control,
  keeping: Keeping = 'no',
): Promise<CellFacts[]> {
  const make = async (): Promise<readonly CellSum[]> => {
    const sample = control && (await controlSample(tx, reading, control));
    const found = await rollUp(tx, reading, { sample });
    if (control) await proveRollUp(tx, reading, found, sample);
    return found.sums;
  };
  const may = control === 'full' ? 'no' : control === undefined && keeping === 'keep' ? 'look' : keeping;
  const sums = may === 'no' ? await make() : await keptOr(tx, may, await basisOf(tx, reading), make);
  const dimensions = await cellList(tx, [...new Set(sums.map((sum) => sum.cell_no))]);
  return sums.map((sum) => cellFacts(sum, dimensions, reading));
}

/** Everything that the sums of a month rest on: what is asked of the contacts, and which imports bring them. */
async function basisOf(tx: Tx, reading: ContactReading): Promise<Basis> {
  const { period, cuts, watermark, patterns, exposureRules } = reading;
  const longest = Math.max(0, ...exposureRules.map((rule) => rule.days));
  const mark = await touchingMark(tx, watermark, {
    kinds: ['contacts', 'contact_segments', ...(exposureRules.length > 0 ? ['exposures'] : [])],
    from: monthOfDaysBefore(period, Math.max(DAYS_BEFORE, longest + 1)),
    to: period,
  });
  return { subject: `roll-up of ${period}`, on: [cuts, patterns, exposureRules, mark] };
}

/** Contacts that a repeat goes back to, and a day for the company's clock. */
const DAYS_BEFORE = 8;

export function monthOfDaysBefore(period: Period, days: number): Period {
  return periodOf(addDays(firstDay(period), -days));
}

export function cellFacts(
  sum: CellSum,
  dimensions: ReadonlyMap<number, CellRow>,
  { cuts, patterns }: Pick<ContactReading, 'cuts' | 'patterns'>,
): CellFacts {
  const cell = dimensions.get(sum.cell_no)!;
  return {
    trace: traceOf(sum),
    dimensions: {
      channel: cell.channel,
      reason: sum.reason_code ?? cell.reason_code,
      queue: cell.queue,
      site: cell.site,
      vendor: cell.vendor,
      product: cell.product,
      segment: cell.segment,
      language: cell.language,
      direction: cell.direction,
    },
    tag: cell.decision_code,
    day: cuts[sum.slice - 1]!,
    known: sum.known,
    taggedOn: sum.tagged_on,
    causes: causesOf(sum.causes),
    textHits: new Set(patterns.filter((_, i) => (sum.hits & (1 << i)) !== 0)),
    escalated: cell.escalated,
    transferred: cell.transferred,
    repeat: sum.repeat,
    parts: sum.parts,
    seconds: sum.seconds,
    untimedParts: sum.untimed_parts,
  };
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

/** Finds the contacts of a cell again (explain). */
function traceOf(
  sum: Pick<CellSum, 'cell_no' | 'reason_code' | 'slice' | 'repeat' | 'hits' | 'causes' | 'known' | 'tagged_on'>,
): string {
  return JSON.stringify([
    sum.cell_no,
    sum.reason_code,
    sum.slice,
    sum.repeat,
    sum.hits,
    sum.causes,
    sum.known,
    sum.tagged_on,
  ]);
}
