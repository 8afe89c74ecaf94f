/**
 * The language of mapping files: how the export of another system becomes rows of ours. These definitions are the only
 * ones: the reader of mapping files checks against them, and the reference page is printed from them.
 */
export interface Mapping {
  readonly name: string;
  readonly kind: string;
  readonly about?: string;
  readonly assumptions?: readonly string[];
  readonly read?: { readonly encoding?: string; readonly delimiter?: string; readonly sheet?: string };
  readonly missing?: readonly string[];
  readonly numbers?: NumberFormat;
  readonly dates?: readonly string[];
  readonly rows?: RowRules;
  readonly columns: ReadonlyMap<string, ColumnRule>;
  readonly each?: readonly EachRow[];
}

export interface NumberFormat {
  readonly decimal?: string;
  readonly thousands?: string;
}

export interface RowRules {
  readonly keep?: readonly Condition[];
  readonly drop?: readonly Condition[];
  readonly last_of?: readonly string[];
  readonly alike?: readonly string[];
}

export interface Condition {
  readonly column: readonly string[];
  readonly is?: readonly string[];
  readonly not?: readonly string[];
  readonly starts_with?: readonly string[];
  readonly missing?: string;
  readonly because?: string;
}

export interface EachRow {
  readonly name: string;
  readonly unless_blank: string;
  readonly columns: ReadonlyMap<string, ColumnRule>;
}

export interface ColumnRule {
  readonly from?: readonly string[];
  readonly value?: string;
  readonly join?: readonly string[];
  readonly text?: string;
  readonly multiply?: readonly string[];
  readonly row_id?: string;
  readonly optional?: string;
  readonly missing?: readonly string[];
  readonly default?: string;
  readonly strip_prefix?: string;
  readonly strip_suffix?: string;
  readonly first?: string;
  readonly translate?: ReadonlyMap<string, string>;
  readonly unknown?: string;
  readonly unknown_as?: string;
  readonly date?: readonly string[];
  readonly as?: string;
  readonly at?: string;
  readonly zone?: string;
  readonly number?: string;
  readonly sign?: Sign;
  readonly times?: string;
  readonly decimals?: string;
  readonly round?: string;
  readonly separator?: string;
  readonly code?: string;
  readonly prefix?: string;
}

export interface Sign {
  readonly column: readonly string[];
  readonly negative: readonly string[];
  readonly positive?: readonly string[];
}

/** Form of a value in a mapping file; scalars are read as text, so that nothing passes through a float. */
export type Form =
  | { readonly is: 'text'; readonly like?: RegExp; readonly such_as?: string }
  | { readonly is: 'one of'; readonly values: readonly string[] }
  | { readonly is: 'texts' }
  | { readonly is: 'keys'; readonly keys: Keys; readonly short?: string }
  | { readonly is: 'list'; readonly of: Form }
  | { readonly is: 'map'; readonly of: Form; readonly named: string };
export interface Key {
  readonly form: Form;
  readonly required?: boolean;
  readonly says: string;
}
export type Keys = Readonly<Record<string, Key>>;

const TEXT: Form = { is: 'text' };
const TEXTS: Form = { is: 'texts' };
const YES: Form = { is: 'one of', values: ['true', 'false'] };
const WHOLE: Form = { is: 'text', like: /^\d{1,3}$/, such_as: 'a whole number' };

const CONDITION = {
  column: { form: TEXTS, required: true, says: 'column of their file; of several names the first that the file has' },
  is: { form: TEXTS, says: 'holds for these values' },
  not: { form: TEXTS, says: 'holds for all but these values' },
  starts_with: { form: TEXTS, says: 'holds for values that begin so' },
  missing: { form: YES, says: 'holds when the value is (or is not) missing' },
  because: { form: TEXT, says: 'reason, printed with the number of rows it took out' },
} satisfies Record<keyof Condition, Key>;

const COLUMN = {
  from: { form: TEXTS, says: 'value of their column; of several names the first that the file has' },
  value: { form: TEXT, says: 'the same value in every row' },
  join: { form: TEXTS, says: 'values of several columns, missing ones left out, with `separator` between' },
  text: { form: TEXT, says: 'text with columns in braces, as in `2017-05-{DAY}`; missing when one of them is' },
  multiply: { form: TEXTS, says: 'exact product of numbers, as quantity × price' },
  row_id: {
    form: YES,
    says: 'their file has no id: a hash of the whole row and its ordinal among equal rows; equal rows are kept and counted',
  },
  optional: { form: YES, says: 'the column may be absent from the file; then every value is missing' },
  missing: { form: TEXTS, says: 'further marks that mean "no value" in this column' },
  default: { form: TEXT, says: 'stands where the value is missing' },
  strip_prefix: { form: TEXT, says: 'taken away at the front where it stands there' },
  strip_suffix: { form: TEXT, says: 'taken away at the end where it stands there, as `.0` behind an id' },
  first: { form: WHOLE, says: 'only so many characters from the front' },
  translate: {
    form: { is: 'map', of: TEXT, named: 'their value' },
    says: 'their value → ours; a value that is not listed is refused unless `unknown` says otherwise',
  },
  unknown: { form: { is: 'one of', values: ['refuse', 'keep', 'blank'] }, says: 'what `translate` does with others' },
  unknown_as: { form: TEXT, says: 'value for all that `translate` does not list' },
  date: {
    form: TEXTS,
    says: 'date pattern, or several to try: `yyyy yy mmm mm m dd d` for the day, `HH H MM SS` for the clock, `hh h` with `a` for am and pm, `Z` for an offset; or `iso`, `excel` (serial number), `excel-1904`',
  },
  as: {
    form: { is: 'one of', values: ['day', 'instant', 'period'] },
    says: 'what the date becomes; a period is its month',
  },
  at: {
    form: { is: 'text', like: /^\d\d:\d\d(:\d\d)?$/, such_as: '12:00' },
    says: 'time of day where the file has only the day',
  },
  zone: {
    form: { is: 'text', like: /^(Z|[+-]\d\d:\d\d)$/, such_as: 'Z or +01:00' },
    says: "offset of their clock; without it the company's zone",
  },
  number: { form: YES, says: 'read as a number in the format of `numbers`, given as plain decimal text' },
  sign: {
    form: {
      is: 'keys',
      keys: {
        column: { form: TEXTS, required: true, says: 'column that says which way the amount goes' },
        negative: { form: TEXTS, required: true, says: 'its values for a negative amount' },
        positive: { form: TEXTS, says: 'its values for a positive one; others are then refused' },
      } satisfies Record<keyof Sign, Key>,
    },
    says: 'sign that another column carries, as debit and credit',
  },
  times: {
    form: { is: 'text', like: /^-?\d+(\.\d+)?$/, such_as: '-1 or 0.001' },
    says: 'number multiplied by this; `-1` turns the sign',
  },
  decimals: {
    form: WHOLE,
    says: "decimal places to round to; default for `largest_remainder`: those of the row's currency",
  },
  round: {
    form: { is: 'one of', values: ['each', 'largest_remainder'] },
    says: "`each` value half away from zero; or so that the rows sum to the file's total rounded once (the report says by how much)",
  },
  separator: { form: TEXT, says: 'between joined values; default `.`' },
  code: {
    form: WHOLE,
    says: 'make a code of at most so many characters: lower case, signs become `-`; what is cut gets a short hash of the whole, so that codes stay unique; the report counts them',
  },
  prefix: { form: TEXT, says: 'put in front of a value that is there' },
} satisfies Record<keyof ColumnRule, Key>;

const COLUMNS: Form = { is: 'map', of: { is: 'keys', keys: COLUMN, short: 'from' }, named: 'our column' };

export const MAPPING_KEYS = {
  name: { form: TEXT, required: true, says: 'name under which imports remember it' },
  kind: { form: TEXT, required: true, says: 'kind of rows that come out: contacts, ledger, revenue …' },
  about: { form: TEXT, says: 'which file of which system it reads' },
  assumptions: { form: TEXTS, says: 'what the file does not say and the mapping supposes; printed with every import' },
  read: {
    form: {
      is: 'keys',
      keys: {
        encoding: {
          form: { is: 'one of', values: ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] },
          says: 'instead of the detected one',
        },
        delimiter: { form: { is: 'one of', values: [',', ';', '\t', '|'] }, says: 'instead of the detected one' },
        sheet: { form: TEXT, says: 'sheet of an XLSX file; default: the first' },
      } satisfies Record<keyof NonNullable<Mapping['read']>, Key>,
    },
    says: 'how to read the file',
  },
  missing: { form: TEXTS, says: 'marks that mean "no value" in every column, as `?`; an empty field always does' },
  numbers: {
    form: {
      is: 'keys',
      keys: {
        decimal: { form: { is: 'one of', values: ['.', ','] }, says: 'decimal sign; default `.`' },
        thousands: {
          form: { is: 'one of', values: [',', '.', ' ', "'"] },
          says: 'between groups of three digits; default: none',
        },
      } satisfies Record<keyof NumberFormat, Key>,
    },
    says: 'how their numbers are written',
  },
  dates: { form: TEXTS, says: 'date pattern for columns that do not name their own' },
  rows: {
    form: {
      is: 'keys',
      keys: {
        keep: {
          form: { is: 'list', of: { is: 'keys', keys: CONDITION } },
          says: 'only rows for which one of these holds',
        },
        drop: {
          form: { is: 'list', of: { is: 'keys', keys: CONDITION } },
          says: 'no rows for which one of these holds',
        },
        last_of: { form: TEXTS, says: 'event log: of the rows with the same key the last in the file wins' },
        alike: { form: TEXTS, says: 'rows equal in these columns are kept and counted as possible duplicates' },
      } satisfies Record<keyof RowRules, Key>,
    },
    says: 'which rows count',
  },
  columns: { form: COLUMNS, required: true, says: 'our columns; a plain text is short for `from`' },
  each: {
    form: {
      is: 'list',
      of: {
        is: 'keys',
        keys: {
          name: { form: TEXT, required: true, says: 'name in the report' },
          unless_blank: { form: TEXT, required: true, says: 'our column without which there is no such row' },
          columns: { form: COLUMNS, required: true, says: 'columns of this row beside the common ones' },
        } satisfies Record<keyof EachRow, Key>,
      },
    },
    says: 'several rows of ours from each of theirs, as one per question of a survey',
  },
} satisfies Record<keyof Mapping, Key>;

/** The reference page of the language, in Markdown. */
export function mappingReference(): string {
  return ['# Mapping files', '', ...section('', MAPPING_KEYS)].join('\n') + '\n';
}

function section(path: string, keys: Keys): string[] {
  const rows = Object.entries(keys).map(
    ([name, key]) =>
      `| \`${path}${name}\` | ${formText(key.form)} | ${key.required === true ? 'yes' : ''} | ${key.says} |`,
  );
  const inner = Object.entries(keys).flatMap(([name, { form }]) => {
    const of = form.is === 'list' || form.is === 'map' ? form.of : form;
    if (of.is !== 'keys' || (path !== '' && of.keys === COLUMN)) return [];
    return section(`${path}${name}${form.is === 'map' ? '.COLUMN' : form.is === 'list' ? '[]' : ''}.`, of.keys);
  });
  return ['| key | value | required | meaning |', '| --- | --- | --- | --- |', ...rows, '', ...inner];
}

function formText(form: Form): string {
  switch (form.is) {
    case 'text':
      return form.such_as ?? 'text';
    case 'texts':
      return 'text or list of texts';
    case 'one of':
      return form.values.map((value) => (value === '\t' ? 'tab' : `\`${value}\``).replace('|', '\\|')).join(', ');
    case 'keys':
      return 'keys below';
    case 'list':
      return 'list';
    case 'map':
      return `map by ${form.named}`;
  }
}
