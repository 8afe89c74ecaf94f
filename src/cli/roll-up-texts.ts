import type { CellRow, CellSum } from '../persistence/close-inputs.queries.ts';

/** Cells of our own roll-up as DuckDbBooks.rollUp gives them: by their dimensions, with their integers. */
export function byDimensions(sums: readonly CellSum[], cells: ReadonlyMap<number, CellRow>): Map<string, string> {
  const keyOf = (sum: CellSum): string => {
    const { cell_no: _number, ...cell } = cells.get(sum.cell_no)!;
    const causes = (JSON.parse(sum.causes ?? '[]') as unknown[][]).map((cause) => cause.join('|')).join(';');
    return [
      ...[cell.channel, cell.reason_code, cell.queue, cell.site, cell.vendor, cell.product, cell.segment],
      ...[cell.language, cell.decision_code, cell.direction, cell.escalated, cell.transferred],
      ...[sum.reason_code, sum.slice, sum.repeat, causes || null, sum.known, sum.tagged_on],
    ].join('\u0000');
  };
  return new Map(sums.map((sum) => [keyOf(sum), `${sum.parts} ${sum.seconds} ${sum.untimed_parts}`]));
}
