import type { Cause } from '../domain/attribution/causes.ts';
import type { LocalDate } from '../domain/period.ts';
import type { CellFacts } from '../domain/statements/cell-facts.ts';
import { cellList, type CellRow, type CellSum, type ContactReading } from '../persistence/close-inputs.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { rollUp } from '../persistence/roll-up.queries.ts';
import { controlSample, proveRollUp, type Control } from './roll-up-control.ts';

/**
 * Like contacts of a period as they stand at a watermark, summed: the roll-up that a close reads.
 * @param control absent: not proven by the SQL road @throws OutOfBalance when the two roads differ
 */
export async function cellsAt(tx: Tx, reading: ContactReading, control?: Control): Promise<CellFacts[]> {
  const sample = control && (await controlSample(tx, reading, control));
  const found = await rollUp(tx, reading, { sample });
  if (control) await proveRollUp(tx, reading, found, sample);
  const { sums } = found;
  const dimensions = await cellList(tx);
  return sums.map((sum) => cellFacts(sum, dimensions, reading));
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
