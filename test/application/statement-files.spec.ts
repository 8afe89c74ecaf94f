import { parse } from 'csv-parse/sync';
import { statementContent, statementFile } from '../../src/application/statement-files.ts';
import type { LineSection, StatementSet } from '../../src/domain/statements/statement-set.ts';

const LINE: LineSection = {
  id: '0275619525c1580e50b2',
  kind: 'contacts',
  decision: 'FEE-LATE',
  reason: 'billing.fee',
  channel: 'voice',
  pool: 'voice',
  rule: 'owners',
  contacts: '12.5',
  seconds: '3750',
  rate: '0.0135',
  amount: '50.63',
  tier: 'D',
  treatment: 'charged',
  chargePeriod: '2026-05',
};
const HOSTILE = `=HYPERLINK("http://evil.example","A ""bargain""")`;

const aSet = (lines: readonly LineSection[], over: Partial<StatementSet> = {}): StatementSet => ({
  period: '2026-05',
  currency: 'EUR',
  run: { id: '7', hash: 'h', model: 'm', inputs: 'i' },
  state: 'in_review',
  units: [
    {
      unit: 'RETAIL',
      name: 'Retail',
      contacts: '12.5',
      gross: '50.63',
      retentionCredit: '0.00',
      adjustments: '0.00',
      net: '50.63',
      bridge: null,
      lines,
    },
  ],
  ...over,
});

describe('statementFile', () => {
  it('says preliminary in its name until the period is issued, and keeps to signs that every system takes', () => {
    expect(statementFile(aSet([LINE]), 'csv').name).toBe('statements-2026-05-preliminary.csv');
    expect(statementFile(aSet([LINE], { state: 'closed' }), 'json').name).toBe('statements-2026-05.json');
    const { name } = statementFile(aSet([LINE], { state: 'closed' }), 'csv', '../R & D');
    expect(name).toBe('statements-2026-05-.._R___D.csv');
  });
});

describe('CSV', () => {
  it('keeps every figure to the digit and defuses text that a spreadsheet would compute', () => {
    const negative = { ...LINE, id: 'b', amount: '-3.64', decision: HOSTILE, reason: '-cancel', rule: null };
    const csv = statementContent(aSet([LINE, negative]), 'csv').toString('utf8');
    const rows = parse(csv, { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => row['amount'])).toEqual(['50.63', '-3.64']);
    expect(rows[1]).toMatchObject({
      decision: `'${HOSTILE}`,
      reason: `'-cancel`,
      rule: '',
      contacts: '12.5',
      rate: '0.0135',
    });
  });
});
