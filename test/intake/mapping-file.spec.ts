import { InvalidInput } from '../../src/domain/errors.ts';
import { MAPPING_KEYS, mappingReference } from '../../src/intake/mapping-language.ts';
import { parseMapping } from '../../src/intake/mapping-file.ts';

function faultsOf(
  yaml: string,
): { line: number | undefined; column: string | undefined; code: string; message: string; remedy: string }[] {
  try {
    parseMapping(yaml, 'm.yaml');
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.faults.map(({ line, column, code, message, remedy }) => ({ line, column, code, message, remedy }));
  }
  return [];
}

const GOOD = 'name: m\nkind: ledger\ncolumns:\n  entry_id: Id\n';

describe('a mapping file', () => {
  it('is read with every scalar as text, short forms filled in', () => {
    const mapping = parseMapping(
      `${GOOD}  amount: { multiply: [Qty, Price], times: 0.10, decimals: 2 }\nmissing: "?"\n`,
      'm.yaml',
    );
    expect(mapping.columns.get('entry_id')).toEqual({ from: ['Id'] });
    expect(mapping.columns.get('amount')).toEqual({ multiply: ['Qty', 'Price'], times: '0.10', decimals: '2' });
    expect(mapping.missing).toEqual(['?']);
  });

  it('refuses unknown keys by name and line, at every depth', () => {
    const faults = faultsOf(`${GOOD}  period: { form: Month }\nrows: { kep: [] }\ncolour: red\n__proto__: { x: 1 }\n`);
    expect(faults).toMatchObject([
      { line: 5, column: 'columns.period.form', code: 'unknown_key', message: 'there is no key "form"' },
      { line: 6, column: 'rows.kep', code: 'unknown_key' },
      {
        line: 7,
        column: 'colour',
        code: 'unknown_key',
        remedy: expect.stringContaining('name, kind, about') as string,
      },
      { line: 8, column: '__proto__', code: 'unknown_key' },
    ]);
  });

  it.each([
    ['kind: ledger\ncolumns: {}\n', 'missing_key'],
    ['name: m\nkind: ledgers\ncolumns: { entry_id: Id }\n', 'unknown_kind'],
    ['name: m\nkind: ledger\ncolumns: { entry: Id }\n', 'unknown_column'],
    ['name: m\nkind: ledger\ncolumns: { entry_id: { from: A, value: B } }\n', 'one_source'],
    ['name: m\nkind: ledger\ncolumns: { entry_id: { default: B } }\n', 'one_source'],
    ['name: m\nkind: ledger\ncolumns: { posted_at: { from: A, date: d/m } }\n', 'bad_pattern'],
    ['name: m\nkind: ledger\ncolumns: { amount: { from: A, round: up } }\n', 'bad_value'],
    ['name: m\nkind: ledger\ncolumns: { amount: { from: A, times: 1e3 } }\n', 'bad_value'],
    ['name: m\nkind: ledger\ncolumns: [entry_id]\n', 'bad_value'],
    ['name: m\nkind: ledger\ncolumns: { entry_id: { from: { a: b } } }\n', 'bad_value'],
    [
      'name: m\nkind: surveys\ncolumns: { survey_id: A }\neach: [{ name: x, unless_blank: score, columns: { metric: B } }]\n',
      'unknown_column',
    ],
    ['name: m\nname: n\nkind: ledger\ncolumns: { entry_id: Id }\n', 'bad_yaml'],
    ['name: [\n', 'bad_yaml'],
    ['', 'bad_value'],
    ['- a\n', 'bad_value'],
  ])('%j is refused as %s', (yaml, code) => {
    expect(faultsOf(yaml).map((fault) => fault.code)).toContain(code);
  });

  it('does not unfold aliases into a bomb', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;
    expect(faultsOf(bomb).length).toBeGreaterThan(0);
  });
});

describe('the reference page of mapping files', () => {
  it('is printed from the definitions and names every key with its meaning', () => {
    const page = mappingReference();
    for (const [name, key] of Object.entries(MAPPING_KEYS)) {
      expect(page).toContain(`| \`${name}\` |`);
      expect(page).toContain(key.says);
    }
    for (const key of [
      'columns.COLUMN.multiply',
      'columns.COLUMN.sign.negative',
      'rows.last_of',
      'rows.drop[].because',
      'each[].unless_blank',
      'numbers.thousands',
    ]) {
      expect(page).toContain(`| \`${key}\` |`);
    }
  });
});
