import type { Tx } from './database.ts';

/** Kinds of cells, by which of their dimensions are absent, that one statement looks for. */
const KINDS = 32;
const FLAGS: ReadonlySet<string> = new Set(['escalated', 'transferred']);
/** Between texts of a list; no dimension has control characters. As one text a list costs a tenth of what it costs as an array. */
const APART = '\x1f';

/**
 * Numbers of stored cells by their place (from 1) among those asked for. A text is looked up in the index of cells, absence
 * too, but not "the same or both absent": so there is one look for each kind of cell, by which dimensions it lacks. With a
 * limit, because without statistics the planner would read all cells for each one.
 * @param dimensions their columns, in the order of the texts
 */
export async function storedCells(
  tx: Tx,
  dimensions: readonly string[],
  cells: readonly (readonly (string | null)[])[],
): Promise<{ place: number; cellNo: number }[]> {
  const kinds = new Map<string, number[]>();
  for (const [at, cell] of cells.entries()) {
    const kind = cell.map((text) => (text === null ? 0 : 1)).join('');
    const places = kinds.get(kind);
    if (places === undefined) kinds.set(kind, [at]);
    else places.push(at);
  }
  const found: { place: number; cellNo: number }[] = [];
  const all = [...kinds];
  for (let from = 0; from < all.length; from += KINDS) {
    const parameters: string[] = [];
    const list = (values: readonly unknown[]): string =>
      `string_to_array($${parameters.push(values.join(APART))}, chr(${APART.charCodeAt(0)}))`;
    const looks = all.slice(from, from + KINDS).map(([kind, places]) => {
      const given = dimensions.flatMap((name, d) => (kind[d] === '1' ? [{ name, d }] : []));
      const lists = given.map(({ d }) => list(places.map((at) => cells[at]![d])));
      const same = dimensions.map((name, d) =>
        kind[d] === '0' ? `c.${name} is null` : `c.${name} = m.${name}${FLAGS.has(name) ? '::boolean' : ''}`,
      );
      return `select m.place, c.cell_no as "cellNo"
        from unnest(${list(places.map((at) => at + 1))}::int[], ${lists.join(', ')}) m (place, ${given.map(({ name }) => name).join(', ')})
        cross join lateral (select cell_no from cell c where ${same.join(' and ')} limit 1) c`;
    });
    found.push(...((await tx.query(looks.join('\nunion all\n'), parameters)) as typeof found));
  }
  return found;
}

/** The greatest number of a stored cell; 0 when there is none. */
export async function lastCell(tx: Tx): Promise<number> {
  const rows: { last: number }[] = await tx.query('select coalesce(max(cell_no), 0) as last from cell');
  return rows[0]!.last;
}
