import type { Tx } from './database.ts';
import { storedRow, storedTexts, type StagedTable, type StoredRow } from './staging.queries.ts';

export interface StoredVersion {
  /** texts by column of the table, and of the cell of a contact */
  readonly stored: Readonly<Record<string, string | null>>;
  readonly importId: string;
  readonly file: string;
  readonly line: number;
  readonly at: Date;
  readonly by: string | null;
  /** the import that this one undid */
  readonly undoes: string | null;
  /** taken back without anything in its place */
  readonly ended: boolean;
}

/**
 * Every stored content of the rows whose key begins with these parts, in the order in which it came. Of the two halves of
 * a corrected fact, −1 and +1, the +1 is the version.
 * @param key column of the table and what it holds
 */
export async function storedVersions(
  tx: Tx,
  of: StagedTable,
  key: readonly (readonly [column: string, value: string])[],
  most: number,
): Promise<StoredVersion[]> {
  const isFact = of.day !== undefined;
  const half = `t.sign = -1 and exists (select from ${of.table} o where o.import_id = t.import_id and o.sign = 1 and ${of.key
    .map((column) => `o."${column}" = t."${column}"`)
    .join(' and ')})`;
  const rows: (Omit<StoredVersion, 'stored'> & { stored: StoredRow })[] = await tx.query(
    `select ${storedRow(of, 't')} as stored, t.import_id as "importId", i.file_name as file,
       t.line::float8 as line, i.imported_at as at, u.login as by, i.undoes, ${isFact ? 't.sign < 0' : 't.removed'} as ended
     from ${of.table} t join import i on i.import_id = t.import_id left join app_user u on u.user_id = i.imported_by
     where ${key.map(([column], n) => (column === 'customer_key' ? `t.customer_key = $${n + 2}::bigint` : `t."${column}"::text = $${n + 2}`)).join(' and ')}${isFact ? ` and not (${half})` : ''}
     order by ${of.key.map((column) => `t."${column}"`).join(', ')}, t.import_id limit $1`,
    [most, ...key.map(([, value]) => value)],
  );
  return rows.map((row) => ({ ...row, stored: storedTexts(row.stored) }));
}
