import { grouped, pairs, table } from '../../src/cli/table.ts';

describe('table', () => {
  const columns = [
    { title: 'unit', of: (row: { unit: string; contacts: string }) => row.unit },
    { title: 'contacts', of: (row: { unit: string; contacts: string }) => row.contacts, right: true },
  ];

  it('sets text left and numbers right, point below point, totals below a rule', () => {
    const rows = [
      { unit: 'RETAIL', contacts: '1,202' },
      { unit: 'B2B', contacts: '46.25' },
      { unit: 'ÜBER', contacts: '' },
    ];
    expect(table(rows, columns, { unit: 'all', contacts: '1,248.25' }).split('\n')).toEqual([
      'unit    contacts',
      'RETAIL  1,202',
      'B2B        46.25',
      'ÜBER',
      '──────  ────────',
      'all     1,248.25',
    ]);
  });

  it('lets no control character of a file reach the terminal', () => {
    expect(table([{ unit: 'A\u001b[31m\u202e\nB', contacts: '1' }], columns)).not.toMatch(/[\u001b\u202e]/);
  });

  it('of nothing is its header', () => {
    expect(table([], columns)).toBe('unit  contacts');
  });
});

describe('pairs', () => {
  it('pads names to one width', () => {
    expect(
      pairs([
        ['a', 1],
        ['long', null],
        ['b', 'x'],
      ]),
    ).toBe('a     1\nlong\nb     x');
  });
});

describe('grouped', () => {
  it.each([
    ['0', '0'],
    ['-1234567.8912', '-1,234,567.8912'],
    [200000, '200,000'],
    [12345678901234567890n, '12,345,678,901,234,567,890'],
    ['-123.45', '-123.45'],
  ])('%s is %s', (value, text) => {
    expect(grouped(value)).toBe(text);
  });
});
