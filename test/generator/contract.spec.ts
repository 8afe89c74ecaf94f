import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { parse as parseYaml } from 'yaml';
import { readModel } from '../../src/domain/model/read-model.ts';
import { matchesPattern, populationSelector, reasonPatterns } from '../../src/domain/model/selector.ts';
import { parseAmount } from '../../src/domain/money.ts';
import { generate } from '../../src/generator/generate.ts';
import { countBy, rowsOf, sum, type CsvRow } from './company.ts';

describe('the generated files keep the data contract', () => {
  let folder: string;
  const files: Record<string, CsvRow[]> = {};
  const codes = (name: string, column: string) => new Set(files[name]!.map((row) => row[column]!));
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'contract-'));
    const { files: written } = await generate({ folder, contacts: 6000, seed: 20 });
    for (const { name } of written) {
      if (name.endsWith('.csv')) files[name.slice(0, -4)] = rowsOf(folder, name.slice(0, -4));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('every code exists', () => {
    const missing = (name: string, column: string, known: Set<string>) =>
      files[name]!.filter((row) => row[column] !== '' && !known.has(row[column]!)).length;
    const [units, reasons, decisions, customers, contacts] = [
      codes('units', 'unit_code'),
      codes('reasons', 'reason_code'),
      codes('decisions', 'decision_code'),
      codes('customers', 'customer_id'),
      codes('contacts', 'contact_id'),
    ];
    const faults = [
      missing('units', 'parent_code', units),
      missing('reasons', 'owner_unit', units),
      missing('reasons', 'parent_code', reasons),
      missing('decision_owners', 'decision_code', decisions),
      missing('decision_owners', 'unit_code', units),
      missing('contacts', 'reason_code', reasons),
      missing('contacts', 'customer_id', customers),
      missing('contacts', 'decision_code', decisions),
      missing('contact_segments', 'contact_id', contacts),
      missing('contact_segments', 'reason_code', reasons),
      missing('exposures', 'customer_id', customers),
      missing('exposures', 'decision_code', decisions),
      missing('revenue', 'customer_id', customers),
      missing('revenue', 'referred_customer_id', customers),
      missing('revenue', 'decision_code', decisions),
      missing('surveys', 'contact_id', contacts),
      missing('surveys', 'customer_id', customers),
      missing('surveys', 'instrument', codes('instruments', 'instrument')),
    ];
    expect(faults).toEqual(faults.map(() => 0));
  });

  it('every key is unique', () => {
    const keys: [string, (row: CsvRow) => string][] = [
      ['contacts', (row) => row['contact_id']!],
      ['contact_segments', (row) => `${row['contact_id']} ${row['reason_code']}`],
      ['customers', (row) => row['customer_id']!],
      ['exposures', (row) => row['exposure_id']!],
      ['revenue', (row) => row['event_id']!],
      ['surveys', (row) => row['survey_id']!],
      ['ledger', (row) => row['entry_id']!],
      ['fx', (row) => `${row['period']} ${row['currency']}`],
      ['capacity', (row) => `${row['period']} ${row['pool_code']}`],
      ['volumes', (row) => `${row['date']} ${row['measure']} ${row['population']}`],
    ];
    for (const [name, key] of keys)
      expect([name, countBy(files[name]!, key).size]).toEqual([name, files[name]!.length]);
  });

  it('every amount is exact and every instant exists on the clock of Berlin, within the 36 months', () => {
    const amounts = [
      ...files['ledger']!.map((row) => parseAmount(row['amount']!, row['currency']!)),
      ...files['exposures']!.map((row) => parseAmount(row['amount']!, row['currency']!)),
      ...files['revenue']!.flatMap((row) => [
        parseAmount(row['amount']!, row['currency']!),
        parseAmount(row['margin'] || '0', 'EUR'),
      ]),
      ...files['customers']!.map((row) => parseAmount(row['monthly_margin']!, row['currency']!)),
    ];
    expect(amounts.filter((amount) => 'fault' in amount)).toEqual([]);
    const instants = [
      ...files['contacts']!.map((row) => row['started_at']!),
      ...files['exposures']!.map((row) => row['occurred_at']!),
      ...files['revenue']!.map((row) => row['occurred_at']!),
      ...files['surveys']!.map((row) => row['answered_at']!),
    ];
    const wrong = instants.filter((text) => {
      const local = DateTime.fromISO(text, { zone: 'Europe/Berlin' });
      return local.toFormat("yyyy-MM-dd'T'HH:mm:ssZZ") !== text || text < '2023-11-01' || text > '2026-11-01';
    });
    expect(wrong).toEqual([]);
  });

  it('contacts come in order of time; segments sum to their contact', () => {
    const times = files['contacts']!.map((row) => Date.parse(row['started_at']!));
    expect(times.every((at, i) => i === 0 || at >= times[i - 1]!)).toBe(true);
    const seconds = new Map(files['contacts']!.map((row) => [row['contact_id']!, Number(row['handle_seconds'])]));
    const parts = new Map<string, number[]>();
    for (const row of files['contact_segments']!) {
      parts.set(row['contact_id']!, [...(parts.get(row['contact_id']!) ?? []), Number(row['handle_seconds'])]);
    }
    expect(parts.size).toBeGreaterThan(5);
    for (const [id, of] of parts) expect([id, sum(of)]).toEqual([id, seconds.get(id)]);
  });

  it('the model is read, with an exposure rule; each ledger entry and each contact has exactly one pool', () => {
    const model = readModel(parseYaml(readFileSync(join(folder, 'model.yaml'), 'utf8')), 'model.yaml');
    expect(model.rules.some((rule) => rule.exposure !== undefined)).toBe(true);
    const pools = files['ledger']!.map(
      (entry) =>
        model.pools.filter((pool) =>
          pool.ledger.some(
            ({ account, cost_center }) =>
              matchesPattern(account ?? '*', entry['account']!) &&
              matchesPattern(cost_center ?? '*', entry['cost_center']!),
          ),
        ).length,
    );
    expect(new Set(pools)).toEqual(new Set([1]));
    expect(codes('capacity', 'pool_code')).toEqual(
      new Set(model.pools.filter((pool) => pool.kind === 'operating').map((pool) => pool.code)),
    );
    const decisions = codes('decisions', 'decision_code');
    for (const rule of model.rules) {
      for (const { decision } of rule.to ?? []) expect(decision === undefined || decisions.has(decision)).toBe(true);
    }
  });

  it('decisions are dated, have owners whose shares sum to 1 on every day, one moved on a 15th, one shared', () => {
    for (const decision of files['decisions']!) {
      expect(() => populationSelector(decision['population']!)).not.toThrow();
      const patterns = reasonPatterns(decision['reasons']!);
      expect(
        files['reasons']!.some((row) => patterns.some((pattern) => matchesPattern(pattern, row['reason_code']!))),
      ).toBe(true);
      const owners = files['decision_owners']!.filter((row) => row['decision_code'] === decision['decision_code']);
      for (const day of [decision['effective_from']!, '2026-06-14', '2026-06-15', '2026-10-31']) {
        if (day < decision['effective_from']!) continue;
        const shares = owners
          .filter((row) => row['valid_from']! <= day && (row['valid_to'] === '' || row['valid_to']! >= day))
          .map((row) => Number(row['share']));
        expect([decision['decision_code'], day, sum(shares)]).toEqual([decision['decision_code'], day, 1]);
      }
    }
    expect(files['decisions']).toHaveLength(5);
    expect(
      files['decision_owners']!.filter((row) => row['valid_from']!.endsWith('-15')).map((row) => row['decision_code']),
    ).toContain('APP-5');
    expect(files['decision_owners']!.filter((row) => Number(row['share']) < 1)).toHaveLength(2);
  });

  it('holds the awkward cases: no customer, no handle time, text with commas, quotes and line breaks, things to mask', () => {
    const contacts = files['contacts']!;
    const some = (test: (row: CsvRow) => boolean) => expect(contacts.filter(test).length).toBeGreaterThan(0);
    some((row) => row['customer_id'] === '');
    some((row) => row['handle_seconds'] === '');
    some((row) => row['transferred_from'] !== '');
    some((row) => row['escalated'] === 'true');
    some((row) => row['decision_code'] !== '');
    for (const mark of [',', '"', '\n', '@', '+49', 'DE89', '4111']) some((row) => row['text']!.includes(mark));
    expect(countBy(contacts, (row) => row['channel']!).size).toBe(3);
    expect(countBy(contacts, (row) => row['site']!).size).toBe(3);
    expect(countBy(files['ledger']!, (row) => row['currency']!).get('USD')).toBe(72);
    expect(files['ledger']!.some((row) => row['description']!.startsWith('Credit note'))).toBe(true);
  });
});
