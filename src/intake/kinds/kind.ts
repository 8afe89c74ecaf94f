/** What a column holds; each type has one check (column-checks.ts), one form in the database and one line of help. */
export type ColumnType =
  | 'id'
  | 'code'
  | 'label'
  | 'name'
  | 'text'
  | 'masked_text'
  | 'customer'
  | 'amount'
  | 'waived'
  | 'currency'
  | 'decimal'
  | 'share'
  | 'integer'
  | 'date'
  | 'period'
  | 'timestamp'
  | 'boolean'
  | 'enum'
  | 'match'
  | 'reason_list';

/** Things that codes name; a reference must name one that exists. */
export type Reference = 'unit' | 'reason' | 'decision' | 'pool' | 'instrument';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly required?: boolean;
  /** one line for help and templates */
  readonly meaning: string;
  readonly example: string;
  /** the thing that must exist; with `ahead` it may also come later in the same file */
  readonly references?: Reference;
  readonly ahead?: boolean;
  /** the thing that this column brings into being */
  readonly defines?: Reference;
  /** values of an enum */
  readonly values?: readonly string[];
  /** least and greatest number, as plain decimals */
  readonly least?: string;
  readonly greatest?: string;
  /** stored when the field is empty */
  readonly absent?: string;
  /** column of the table when it is not called like the column of the file */
  readonly as?: string;
  /** further column of the table: the local day of a timestamp, or the key of a customer */
  readonly also?: string;
}

export interface Problem {
  readonly column: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Checked texts of a row by column name; null where the field is empty. */
export type Values = (name: string) => string | null;

/** Everything known about one kind of input: row checks, writers, help and templates are made from it. */
export interface Kind {
  readonly name: KindName;
  readonly file: string;
  /** one line: what a row is */
  readonly meaning: string;
  readonly columns: readonly Column[];
  /** columns that the example row of a template leaves empty, because others of it exclude them */
  readonly exampleWithout?: readonly string[];
  /** columns of the file that name a row */
  readonly key: readonly string[];
  readonly table: string;
  /** records are versions, facts are signed rows in monthly partitions */
  readonly store: 'record' | 'fact';
  /** records that come in the numbers of facts, and are therefore encoded from bytes like them */
  readonly many?: true;
  /** the values of one column for which `rule` can say no; for `losses` it does not when the amount is not above zero */
  readonly ruleOnly?: {
    readonly column: string;
    readonly values: readonly string[];
    readonly losses: readonly string[];
  };
  /** two days of a row whose order is all that `rule` asks for */
  readonly ordered?: readonly [earlier: string, later: string];
  /** what must hold between the fields of one row */
  readonly rule?: (value: Values, company: { readonly currency: string }) => Problem | undefined;
}

export const KIND_NAMES = [
  'units',
  'reasons',
  'decisions',
  'decision_owners',
  'fx',
  'capacity',
  'ledger',
  'customers',
  'volumes',
  'calendar',
  'contacts',
  'contact_segments',
  'exposures',
  'revenue',
  'instruments',
  'surveys',
] as const;
export type KindName = (typeof KIND_NAMES)[number];

/** A rule of several kinds: the later day must not lie before the earlier. */
export function inOrder(value: Values, earlier: string, later: string): Problem | undefined {
  const from = value(earlier);
  const to = value(later);
  if (from === null || to === null || from <= to) return undefined;
  return {
    column: later,
    code: 'days_reversed',
    message: `${later} lies before ${earlier} (${from})`,
    remedy: 'Both days are inclusive; swap or mend them.',
  };
}
