import { readFileSync } from 'node:fs';
import { InvalidInput } from '../../src/domain/errors.ts';
import { minorDigits } from '../../src/domain/money.ts';
import { KINDS, kindNamed } from '../../src/intake/kinds/all.ts';
import { bindHeader } from '../../src/intake/row-check.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { checkRows, exampleRow, someBooks } from './checking.ts';

const faultOf = (name: string, replaced: Record<string, string>): unknown => {
  const kind = kindNamed(name);
  return checkRows(kind, [exampleRow(kind, replaced)]).faults.map((f) => [f.line, f.column, f.code])[0];
};

describe('every kind', () => {
  it.each(KINDS.map((kind) => [kind.name, kind] as const))('%s takes its own example', (_, kind) => {
    expect(checkRows(kind, [exampleRow(kind)]).faults).toEqual([]);
  });
  it.each(KINDS.map((kind) => [kind.name, kind] as const))('%s takes its required columns alone', (_, kind) => {
    if (kind.name === 'capacity') return;
    const required = kind.columns.filter((column) => column.required === true);
    const row = Object.fromEntries(required.map((column) => [column.name, column.example]));
    expect(checkRows(kind, [row]).faults).toEqual([]);
  });
  it.each(KINDS.flatMap((kind) => kind.columns.filter((c) => c.required).map((c) => [kind.name, c.name] as const)))(
    '%s names an empty %s',
    (name, column) => {
      expect(faultOf(name, { [column]: '' })).toEqual([2, column, 'missing']);
    },
  );
  it.each(KINDS.map((kind) => [kind.name, kind] as const))(
    '%s names missing, doubled and unknown columns',
    (_, kind) => {
      const names = kind.columns.map((column) => column.name);
      expect(() => bindHeader(kind, names.slice(1), kind.file)).toThrow(InvalidInput);
      expect(() => bindHeader(kind, [...names, names[0]!.toUpperCase()], kind.file)).toThrow(/stands twice/);
      expect(bindHeader(kind, [' Extra ', ...[...names].reverse()], kind.file)).toMatchObject({ unknown: [' Extra '] });
      const slip = names[0]!.replace('_', '') + 'x';
      expect(() => bindHeader(kind, [slip, ...names.slice(1)], kind.file)).toThrow(new RegExp(`Is it "${slip}"`));
    },
  );
});

describe('faults by kind', () => {
  it.each([
    ['units', { unit_code: 'A|B' }, 'unit_code', 'bad_code'],
    ['units', { unit_code: 'group' }, 'unit_code', 'differs_in_case'],
    ['units', { parent_code: 'GRUOP' }, 'parent_code', 'unknown_unit'],
    ['units', { unit_code: 'GROUP' }, 'parent_code', 'own_parent'],
    ['units', { valid_to: '2025-12-31' }, 'valid_to', 'days_reversed'],
    ['units', { kind: 'shop' }, 'kind', 'unknown_value'],
    ['units', { name: 'two\nlines' }, 'name', 'not_printable'],
    ['reasons', { owner_unit: 'NOBODY' }, 'owner_unit', 'unknown_unit'],
    ['reasons', { standard_handle_seconds: '0' }, 'standard_handle_seconds', 'out_of_range'],
    ['reasons', { standard_handle_seconds: '1.5' }, 'standard_handle_seconds', 'not_integer'],
    ['reasons', { demand: 'failed' }, 'demand', 'unknown_value'],
    ['decisions', { effective_from: '2026-02-30' }, 'effective_from', 'no_such_day'],
    ['decisions', { effective_from: '01.02.2026' }, 'effective_from', 'not_date'],
    ['decisions', { population: 'segment:consumer' }, 'population', 'bad_population'],
    ['decisions', { reasons: 'billing.* | biling.fee' }, 'reasons', 'unknown_reason'],
    ['decisions', { reasons: 'shop.*' }, 'reasons', 'unknown_reason'],
    ['decisions', { expected_contacts_per_month: '-1' }, 'expected_contacts_per_month', 'out_of_range'],
    ['decision_owners', { share: '0' }, 'share', 'out_of_range'],
    ['decision_owners', { share: '1.01' }, 'share', 'out_of_range'],
    ['decision_owners', { share: '70%' }, 'share', 'not_decimal'],
    ['ledger', { period: '2026-13' }, 'period', 'not_period'],
    ['ledger', { amount: '1,234.56' }, 'amount', 'not_decimal'],
    ['ledger', { amount: '1e3' }, 'amount', 'not_decimal'],
    ['ledger', { amount: '0.001' }, 'amount', 'too_many_digits'],
    ['ledger', { amount: '1.5', currency: 'JPY' }, 'amount', 'too_many_digits'],
    ['ledger', { amount: '1000000000000000.01' }, 'amount', 'too_large'],
    ['ledger', { currency: 'EURO' }, 'currency', 'unknown_currency'],
    ['ledger', { currency: 'eur' }, 'currency', 'unknown_currency'],
    ['ledger', { entry_id: ' 1' }, 'entry_id', 'blank_at_end'],
    ['fx', { rate: '0' }, 'rate', 'out_of_range'],
    ['fx', { currency: 'EUR', rate: '1.1' }, 'rate', 'own_rate'],
    ['capacity', { fte: '20' }, 'practical_seconds', 'capacity_form'],
    ['capacity', { practical_seconds: '' }, 'practical_seconds', 'capacity_form'],
    ['capacity', { pool_code: 'voise' }, 'pool_code', 'unknown_pool'],
    ['capacity', { practical_seconds: '-1' }, 'practical_seconds', 'out_of_range'],
    ['customers', { monthly_margin: '1.234' }, 'monthly_margin', 'too_many_digits'],
    ['customers', { left_at: '2020-01-01' }, 'left_at', 'days_reversed'],
    ['volumes', { value: 'many' }, 'value', 'not_decimal'],
    ['volumes', { population: 'colour=red' }, 'population', 'bad_population'],
    ['calendar', { date: '2026-4-3' }, 'date', 'not_date'],
    ['contacts', { reason_code: 'billing.fee.lat' }, 'reason_code', 'unknown_reason'],
    ['contacts', { decision_code: 'FEE' }, 'decision_code', 'unknown_decision'],
    ['contacts', { handle_seconds: '-1' }, 'handle_seconds', 'out_of_range'],
    ['contacts', { handle_seconds: '12.5' }, 'handle_seconds', 'not_integer'],
    ['contacts', { handle_seconds: '3000000000' }, 'handle_seconds', 'out_of_range'],
    ['contacts', { direction: 'sideways' }, 'direction', 'unknown_value'],
    ['contacts', { escalated: 'maybe' }, 'escalated', 'not_boolean'],
    ['contacts', { started_at: '2026-03-29T02:30:00' }, 'started_at', 'local_gap'],
    ['contacts', { contact_id: 'a\tb' }, 'contact_id', 'not_printable'],
    ['contacts', { contact_id: 'x'.repeat(201) }, 'contact_id', 'too_long'],
    ['contact_segments', { reason_code: 'nothing' }, 'reason_code', 'unknown_reason'],
    ['exposures', { waived: '8.51' }, 'waived', 'waived_too_much'],
    ['exposures', { waived: '-1.00' }, 'waived', 'waived_too_much'],
    ['exposures', { amount: '' }, 'waived', 'waived_without_amount'],
    ['revenue', { kind: 'refund' }, 'amount', 'wrong_sign'],
    ['revenue', { kind: 'contraction' }, 'amount', 'wrong_sign'],
    ['revenue', { kind: 'referral', referred_customer_id: '' }, 'referred_customer_id', 'missing'],
    ['instruments', { scale_min: '5' }, 'scale_max', 'scale_reversed'],
    ['surveys', { instrument: 'CSAT-FONE' }, 'instrument', 'unknown_instrument'],
    ['surveys', { metric: 'happiness' }, 'metric', 'unknown_value'],
  ])('%s %j → %s %s', (kind, replaced, column, code) => {
    expect(faultOf(kind, replaced as Record<string, string>)).toEqual([2, column, code]);
  });

  it('says how to mend it', () => {
    const remedy = (name: string, replaced: Record<string, string>) =>
      checkRows(kindNamed(name), [exampleRow(kindNamed(name), replaced)]).faults[0]!.remedy;
    expect(remedy('contacts', { reason_code: 'biling.fee.late' })).toBe('Did you mean billing.fee.late?');
    expect(remedy('ledger', { currency: 'eur' })).toBe('Did you mean EUR?');
    expect(remedy('decisions', { kind: 'fees' })).toBe('Did you mean fee?');
    expect(() => kindNamed('contact')).toThrow(/no kind of input "contact"/);
  });

  it('takes parents that come later in the file, and names those that never come', () => {
    const units = kindNamed('units');
    const row = (unit_code: string, parent_code: string) =>
      exampleRow(units, { unit_code, parent_code, successor: '' });
    expect(checkRows(units, [row('CHILD', 'MOTHER'), row('MOTHER', 'GROUP')]).faults).toEqual([]);
    expect(checkRows(units, [row('CHILD', 'MOTHER')]).faults).toMatchObject([{ line: 2, code: 'unknown_unit' }]);
    expect(checkRows(units, [row('Aa', ''), row('AA', '')]).faults).toMatchObject([
      { line: 3, code: 'differs_in_case' },
    ]);
  });

  it('stores exposures without amount, with all or nothing waived, in the company currency when none is named', () => {
    const kind = kindNamed('exposures');
    const at = (name: string) => kind.columns.findIndex((column) => column.name === name);
    const stored = (replaced: Record<string, string>) => {
      const { checked, faults } = checkRows(kind, [exampleRow(kind, replaced)]);
      expect(faults).toEqual([]);
      return ['amount', 'waived', 'currency'].map((name) => checked[0]!.values[at(name)]);
    };
    expect(stored({ amount: '', waived: '' })).toEqual([null, null, 'EUR']);
    expect(stored({ waived: 'true', currency: '' })).toEqual(['850', '850', 'EUR']);
    expect(stored({ waived: 'false', currency: 'JPY', amount: '850' })).toEqual(['850', '0', 'JPY']);
    expect(stored({ amount: '-8.50', waived: '-8.50' })).toEqual(['-850', '-850', 'EUR']);
  });
});

describeWithShared('368 hostile amounts', 'hostile/amounts', () => {
  const texts = readFileSync(sharedPath('hostile/amounts/amounts.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const amounts = KINDS.flatMap((kind) =>
    kind.columns.filter((c) => c.type === 'amount').map((c) => [kind, c.name] as const),
  );
  it.each(
    amounts.flatMap(([kind, name]) => ['EUR', 'JPY', 'KWD'].map((currency) => [kind.name, name, currency] as const)),
  )('%s.%s in %s: each is taken exactly, or refused by name', (name, column, currency) => {
    const kind = kindNamed(name);
    const at = kind.columns.findIndex((c) => c.name === column);
    let taken = 0;
    for (const text of texts) {
      const others = { amount: '1', margin: '1', waived: '' };
      const { checked, faults } = checkRows(kind, [exampleRow(kind, { ...others, [column]: text, currency })]);
      if (faults.length > 0) {
        expect(faults[0]).toMatchObject({
          line: 2,
          column: column,
          value: text.length > 200 ? expect.stringContaining('…') : text,
        });
        continue;
      }
      taken++;
      const [whole, decimals = ''] = text.split('.');
      const exact = BigInt(whole! + decimals.padEnd(minorDigits(currency)!, '0'));
      expect(checked[0]!.values[at]).toBe((/^-/.test(text) && exact > 0n ? -exact : exact).toString());
    }
    expect(taken).toBeGreaterThan(5);
  });
});

describeWithShared('naughty strings', 'hostile/blns', () => {
  const strings = JSON.parse(readFileSync(sharedPath('hostile/blns/blns.json'), 'utf8')) as string[];
  const textual = KINDS.flatMap((kind) =>
    kind.columns
      .filter((c) => ['id', 'code', 'label', 'name', 'text', 'customer'].includes(c.type))
      .map((c) => [kind.name, c.name] as const),
  );
  it.each(textual)('%s.%s: each is stored as it is, or refused by name', (name, column) => {
    const kind = kindNamed(name);
    const at = kind.columns.findIndex((c) => c.name === column);
    const defines = kind.columns[at]!.defines !== undefined;
    const books = someBooks();
    for (const text of strings) {
      if (text === '') continue;
      const { checked, faults } = checkRows(
        kind,
        [exampleRow(kind, { [column]: text })],
        defines ? someBooks() : books,
      );
      if (faults.length === 0) expect(checked[0]!.values[at]).toBe(text);
      else expect(faults[0]!.column).toBe(column);
    }
  });
});
