import type { CellRow, CellSum } from '../persistence/close-inputs.queries.ts';

const PARTS = 720_720n;

/** Cells of our own roll-up as DuckDbBooks.rollUp gives them: by their dimensions, with their integers. */
export function byDimensions(sums: readonly CellSum[], cells: ReadonlyMap<number, CellRow>): Map<string, string> {
  const keyOf = (sum: CellSum): string => {
    const { cell_no: _number, ...cell } = cells.get(sum.cell_no)!;
    return [
      ...[cell.channel, cell.reason_code, cell.queue, cell.site, cell.vendor, cell.product, cell.segment],
      ...[cell.language, cell.decision_code, cell.direction, cell.escalated, cell.transferred],
      ...[sum.reason_code, sum.slice, sum.repeat, causesOf(sum) || null, sum.known, sum.tagged_on],
    ].join('\u0000');
  };
  return new Map(sums.map((sum) => [keyOf(sum), `${sum.parts} ${sum.seconds} ${sum.untimed_parts}`]));
}

/** How many contacts are put down to exposures, as DuckDbBooks.causes gives it: by the text of their causes. */
export function byCauses(sums: readonly CellSum[]): Map<string, string> {
  const parts = new Map<string, bigint>();
  for (const sum of sums) {
    const causes = causesOf(sum);
    if (causes !== '') parts.set(causes, (parts.get(causes) ?? 0n) + sum.parts);
  }
  return new Map([...parts].map(([causes, total]) => [causes, `${total / PARTS}`]));
}

const causesOf = ({ causes }: CellSum): string =>
  (JSON.parse(causes ?? '[]') as unknown[][]).map((cause) => cause.join('|')).join(';');
