import fc from 'fast-check';
import { mapped, type MappedSource } from '../../src/intake/mapping.ts';
import { parseMapping } from '../../src/intake/mapping-file.ts';
import type { RowFault, RowSource, SourceRow } from '../../src/intake/rows.ts';
import { rowsOf } from '../builders/bank-complaints.ts';

/** A source of the rows given, lines counted from 2, in batches of two. */
function sourceOf(header: readonly string[], rows: readonly (readonly string[])[]): RowSource {
  async function* batches(): AsyncGenerator<SourceRow[]> {
    for (let i = 0; i < rows.length; i += 2) {
      yield await Promise.resolve(rows.slice(i, i + 2).map((fields, j) => ({ line: i + j + 2, fields })));
    }
  }
  return { header, rows: batches(), about: { format: 'csv' } };
}

async function run(yaml: string, header: readonly string[], rows: readonly (readonly string[])[], heldRows?: number) {
  const faults: RowFault[] = [];
  const options = {
    file: 'f.csv',
    onFault: (fault: RowFault) => faults.push(fault),
    ...(heldRows === undefined ? {} : { heldRows }),
  };
  const source: MappedSource = mapped(sourceOf(header, rows), parseMapping(yaml, 'm.yaml'), options);
  return { rows: await rowsOf(source), faults, report: source.report, header: source.header };
}

const ledger = (columns: string, rest = ''): string => `name: m\nkind: ledger\ncolumns:\n${columns}${rest}`;

describe('columns of a mapping', () => {
  it('rename, constants, defaults, missing marks, alternatives and optional columns', async () => {
    const yaml = ledger(
      '  entry_id: { from: [No, Id], prefix: x- }\n  currency: { value: EUR }\n  cost_center: { from: Center, missing: "-", default: NONE }\n  vendor: { from: Who, optional: true }\n',
      'missing: "?"\n',
    );
    const { rows, report, header } = await run(
      yaml,
      [' ID ', 'Center'],
      [
        ['1', '?'],
        ['2', ' - '],
        ['3', 'A'],
      ],
    );
    expect(header).toEqual(['entry_id', 'currency', 'cost_center', 'vendor']);
    expect(rows.map((row) => [row['entry_id'], row['cost_center']])).toEqual([
      ['x-1', 'NONE'],
      ['x-2', 'NONE'],
      ['x-3', 'A'],
    ]);
    expect(report.missing.get('vendor')).toBe(3);
  });

  it('translate, and refuse, keep, blank or replace what is not listed', async () => {
    const rule = (rest: string): string => ledger(`  account: { from: A, translate: { x: "6000" }${rest} }\n`);
    expect((await run(rule(', unknown: keep'), ['A'], [['x'], ['y']])).rows).toEqual([
      { account: '6000' },
      { account: 'y' },
    ]);
    expect((await run(rule(', unknown: blank'), ['A'], [['y']])).rows).toEqual([{ account: '' }]);
    expect((await run(rule(', unknown_as: "9"'), ['A'], [['y']])).rows).toEqual([{ account: '9' }]);
    const { rows, faults } = await run(rule(''), ['A'], [['x'], ['y']]);
    expect(rows).toHaveLength(1);
    expect(faults).toMatchObject([{ line: 3, column: 'A', value: 'y', code: 'not_translated', fields: ['y'] }]);
  });

  it('join columns into one code, texts with columns in them, and first characters', async () => {
    const yaml = ledger(
      '  account: { join: [A, B], code: 64 }\n  description: { text: "{A} / {B}" }\n  entry_id: { join: [A, B], separator: "-" }\n  vendor: { from: A, first: 2 }\n',
    );
    const { rows, report } = await run(
      yaml,
      ['A', 'B'],
      [
        ['Late fee', 'Card'],
        ['Fraud', ''],
      ],
    );
    expect(rows).toEqual([
      { account: 'late-fee.card', description: 'Late fee / Card', entry_id: 'Late fee-Card', vendor: 'La' },
      { account: 'fraud', description: '', entry_id: 'Fraud', vendor: 'Fr' },
    ]);
    expect(report.codes.get('account')).toEqual({ codes: 2, shortened: 0 });
  });

  it('refuse two different words that would become one code', async () => {
    const { faults } = await run(ledger('  account: { from: A, code: 64 }\n'), ['A'], [['a/b'], ['a b']]);
    expect(faults).toMatchObject([{ line: 3, code: 'code_taken', message: 'gives the same code as "a/b"' }]);
  });

  it('dates become days, instants or periods, with a stated clock and offset', async () => {
    const yaml = ledger(
      '  period: { from: D, as: period }\n  posted_at: { from: D, as: day }\n',
      'dates: [dd/mm/yyyy, d mmm yyyy]\n',
    );
    expect((await run(yaml, ['D'], [['06/01/2015'], ['6 Jan 2015']])).rows).toEqual(
      Array(2).fill({ period: '2015-01', posted_at: '2015-01-06' }),
    );
    const contacts =
      'name: m\nkind: contacts\ncolumns:\n  started_at: { from: D, date: [d/m/yy H:MM, yyyymmdd], at: "12:00:00", zone: "+01:00" }\n';
    expect((await run(contacts, ['D'], [['6/1/15 9:05'], ['20150106']])).rows).toEqual([
      { started_at: '2015-01-06T09:05:00+01:00' },
      { started_at: '2015-01-06T12:00:00+01:00' },
    ]);
  });

  it('refuse dates that are none, that do not exist, or that the export lost', async () => {
    const { faults } = await run(
      ledger('  posted_at: { from: D, date: dd/mm/yyyy }\n'),
      ['D'],
      [['2015-01-06'], ['31/02/2015'], ['00:00:00']],
    );
    expect(faults.map((fault) => fault.code)).toEqual(['not_a_date', 'no_such_day', 'date_lost']);
  });

  it('say first, and once for the file, when one fault has hit every row', async () => {
    const { faults } = await run(
      ledger('  posted_at: { from: D, date: dd/mm/yyyy }\n'),
      ['D'],
      [['00:00:00'], ['00:00:00']],
    );
    expect(faults.map((fault) => fault.code)).toEqual(['all_date_lost', 'date_lost', 'date_lost']);
  });

  it('numbers: format, sign of another column, factor, rounding of each', async () => {
    const yaml = ledger(
      '  amount: { from: A, number: true, sign: { column: S, negative: [H], positive: [S] } }\n  description: { from: A, times: "-0.001", round: each, decimals: 1 }\n',
      'numbers: { decimal: ",", thousands: "." }\n',
    );
    const { rows, faults } = await run(
      yaml,
      ['A', 'S'],
      [
        ['1.234,50', 'S'],
        ['99,95', 'H'],
        ['5,00', 'X'],
        ['-5,00', 'H'],
        ['1,234.50', 'S'],
      ],
    );
    expect(rows).toEqual([
      { amount: '1234.50', description: '-1.2' },
      { amount: '-99.95', description: '-0.1' },
    ]);
    expect(faults.map((fault) => [fault.line, fault.code])).toEqual([
      [4, 'unknown_sign'],
      [5, 'double_sign'],
      [6, 'not_a_number'],
    ]);
  });

  it('multiply exactly and round against the total of the file, by currency', async () => {
    const yaml = ledger('  entry_id: Id\n  amount: { multiply: [Q, P], round: largest_remainder }\n  currency: C\n');
    const { rows, report } = await run(
      yaml,
      ['Id', 'Q', 'P', 'C'],
      [
        ['a', '3', '0.111', 'EUR'],
        ['b', '3', '0.111', 'EUR'],
        ['c', '2', '0.5', 'EUR'],
        ['d', '3', '1.5', 'JPY'],
        ['e', '', '1', 'EUR'],
      ],
    );
    expect(rows.map((row) => [row['entry_id'], row['amount']])).toEqual([
      ['c', '1'],
      ['e', ''],
      ['a', '0.34'],
      ['b', '0.33'],
      ['d', '5'],
    ]);
    expect(report.rounded).toEqual([
      { column: 'amount', currency: 'EUR', exact: '1.666', posted: '1.67', rows: 2 },
      { column: 'amount', currency: 'JPY', exact: '4.5', posted: '5', rows: 1 },
    ]);
  });

  it('rows without an id: the same ids in any order, equal rows kept and counted', async () => {
    const yaml = ledger('  entry_id: { row_id: true }\n  amount: A\n');
    const rows = [['1'], ['2'], ['1'], ['3'], ['1']];
    const first = await run(yaml, ['A'], rows);
    const second = await run(yaml, ['A'], [...rows].reverse());
    const ids = (of: typeof first): (string | undefined)[] =>
      of.rows.map((row) => `${row['entry_id']} ${row['amount']}`).sort();
    expect(new Set(ids(first)).size).toBe(5);
    expect(ids(second)).toEqual(ids(first));
    expect(first.report.equalRows).toBe(2);
  });
});

describe('rows of a mapping', () => {
  it('are kept and dropped by conditions, counted by their reason', async () => {
    const yaml = ledger(
      '  entry_id: Id\n',
      'missing: "?"\nrows:\n  keep: [{ column: T, is: [A, B] }]\n  drop: [{ column: Id, starts_with: X, because: test rows }, { column: W, missing: true }, { column: W, not: [u, v] }]\n',
    );
    const table = [
      ['1', 'A', 'u'],
      ['X2', 'A', 'u'],
      ['3', 'C', 'v'],
      ['4', 'B', '?'],
      ['5', 'B', 'w'],
    ];
    const { rows, report } = await run(yaml, ['Id', 'T', 'W'], table);
    expect(rows).toEqual([{ entry_id: '1' }]);
    expect(Object.fromEntries(report.dropped)).toEqual({
      'test rows': 1,
      'W missing': 1,
      'W not u, v': 1,
      'not T is A, B': 1,
    });
    expect(report).toMatchObject({ read: 5, delivered: 1 });
  });

  it('event logs: the last row of a key wins, whatever lies between', async () => {
    const yaml = ledger('  entry_id: K\n  description: V\n', 'rows: { last_of: K }\n');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(9).map(String)), { maxLength: 20 }),
        async (events) => {
          const { rows, report } = await run(yaml, ['K', 'V'], events);
          const last = Object.fromEntries(events);
          expect(Object.fromEntries(rows.map((row) => [row['entry_id']!, row['description']!]))).toEqual(last);
          expect(report.superseded).toBe(events.length - rows.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('several rows of ours from one of theirs, those without an answer left out', async () => {
    const yaml =
      'name: m\nkind: surveys\ncolumns: { answered_at: D }\neach:\n  - { name: q1, unless_blank: score, columns: { survey_id: { from: R, prefix: a- }, score: Q1 } }\n  - { name: q2, unless_blank: score, columns: { survey_id: { from: R, prefix: b- }, score: { from: Q2, missing: "11" } } }\n';
    const { rows, report } = await run(
      yaml,
      ['R', 'D', 'Q1', 'Q2'],
      [
        ['1', '2017-05-01', '4', '11'],
        ['2', '2017-05-02', '', '0'],
      ],
    );
    expect(rows).toEqual([
      { answered_at: '2017-05-01', survey_id: 'a-1', score: '4' },
      { answered_at: '2017-05-02', survey_id: 'b-2', score: '0' },
    ]);
    expect(Object.fromEntries(report.unanswered)).toEqual({ q1: 1, q2: 1 });
  });

  it('refuse to keep more in memory than stated', async () => {
    const table = [['a'], ['b'], ['c'], ['d']];
    for (const yaml of [
      ledger('  entry_id: K\n', 'rows: { last_of: K }\n'),
      ledger('  entry_id: K\n', 'rows: { alike: K }\n'),
      ledger('  entry_id: { row_id: true }\n'),
    ]) {
      await expect(run(yaml, ['K'], table, 3)).rejects.toMatchObject({ faults: [{ code: 'too_many_to_hold' }] });
      expect((await run(yaml, ['K'], table, 4)).rows).toHaveLength(4);
    }
  });
});

describe('the header under a mapping', () => {
  it('names every column that is absent, with the nearest one, and doubles', async () => {
    const yaml = ledger('  entry_id: Trans No\n  amount: { from: [Amount, Value] }\n', 'rows: { last_of: Trans No }\n');
    await expect(run(yaml, ['Trans Nr', 'Amt'], [])).rejects.toMatchObject({
      faults: [
        {
          code: 'column_absent',
          message: expect.stringContaining('"Trans No"') as string,
          remedy: expect.stringContaining('Did you mean "Trans Nr"?') as string,
        },
        { code: 'column_absent', message: expect.stringContaining('"Amount" or "Value"') as string },
        { code: 'column_absent' },
      ],
    });
    await expect(run(yaml, ['Trans No', 'Trans No', 'Amount'], [])).rejects.toMatchObject({
      faults: [{ code: 'double_column' }, { code: 'double_column' }],
    });
  });
});
