import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { kindNamed } from '../../src/intake/kinds/all.ts';
import { mapped, type MappedSource } from '../../src/intake/mapping.ts';
import { parseMapping } from '../../src/intake/mapping-file.ts';
import { openFile } from '../../src/intake/open-file.ts';
import { packageRoot } from '../../src/package-root.ts';
import { rowsOf } from '../builders/bank-complaints.ts';

const MAPPINGS = join(packageRoot, 'templates', 'mappings');
const shipped = readdirSync(MAPPINGS, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.yaml') && !/(company|model)\.yaml$/.test(name),
);

/** A sample in the shape that a vendor documents, through the shipped mapping of its name. */
async function sample(name: string): Promise<{ source: MappedSource; rows: Record<string, string>[] }> {
  const mapping = parseMapping(readFileSync(join(MAPPINGS, `${name}.yaml`), 'utf8'), name);
  const source = mapped(await openFile(join(packageRoot, 'test/fixtures/exports', `${name}.csv`)), mapping, {
    file: name,
  });
  return { source, rows: await rowsOf(source) };
}

describe('shipped mappings', () => {
  it.each(shipped)('%s is sound, says what it reads, and fills every required column', (name) => {
    const mapping = parseMapping(readFileSync(join(MAPPINGS, name), 'utf8'), name);
    expect(mapping.about).toBeDefined();
    const targets = new Set([mapping, ...(mapping.each ?? [])].flatMap((part) => [...part.columns.keys()]));
    const required = kindNamed(mapping.kind).columns.filter((column) => column.required === true);
    expect(required.map((column) => column.name).filter((column) => !targets.has(column))).toEqual([]);
  });

  it('have names of their own', () => {
    const names = shipped.map((name) => parseMapping(readFileSync(join(MAPPINGS, name), 'utf8'), name).name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('name instruments for the surveys that the instruments file describes', () => {
    const described = parse(readFileSync(join(MAPPINGS, 'airport-survey/instruments.csv')), {
      columns: true,
    }) as Record<string, string>[];
    const yaml = readFileSync(join(MAPPINGS, 'airport-survey/2017.yaml'), 'utf8');
    expect([...yaml.matchAll(/instrument: \{ value: (\S+) \}/g)].map((match) => match[1])).toEqual(
      described.map((row) => row['instrument']),
    );
  });
});

describe("samples built from the vendors' documentation", () => {
  it('Zendesk tickets', async () => {
    const { source, rows } = await sample('zendesk-tickets');
    expect([...source.report.dropped]).toEqual([['deleted ticket', 1]]);
    expect(rows).toEqual([
      {
        contact_id: '4101',
        started_at: '2026-03-02T09:15:00',
        channel: 'mail',
        reason_code: 'billing-late-fee',
        customer_id: '900001',
        queue: 'Billing',
        language: '',
        resolved: 'true',
        text: 'Why this fee, again?',
      },
      {
        contact_id: '4102',
        started_at: '2026-03-02T11:01:00',
        channel: 'web',
        reason_code: 'app-crash',
        customer_id: '900002',
        queue: 'Technical',
        language: '',
        resolved: 'false',
        text: 'App crashes "on start"',
      },
      {
        contact_id: '4103',
        started_at: '2026-03-29T23:59:00',
        channel: 'voice',
        reason_code: 'uncategorised',
        customer_id: '900003',
        queue: '',
        language: '',
        resolved: 'false',
        text: 'Call back please',
      },
    ]);
  });

  it('Genesys Cloud conversations: milliseconds become seconds, calls between employees are left out', async () => {
    const { source, rows } = await sample('genesys-cloud-conversations');
    expect([...source.report.dropped]).toEqual([['call between two employees', 1]]);
    expect(
      rows.map((row) => [
        row['started_at'],
        row['channel'],
        row['handle_seconds'],
        row['direction'],
        row['reason_code'],
      ]),
    ).toEqual([
      ['2026-03-02T09:15:00', 'voice', '312', 'inbound', 'late-fee'],
      ['2026-03-02T12:05:00', 'chat', '601', 'inbound', 'no-wrap-up'],
      ['2026-03-03T00:00:00', 'voice', '60', 'outbound', 'callback-done'],
    ]);
  });

  it('SAP line items: semicolons, Windows-1252, decimal commas, debit and credit', async () => {
    const { source, rows } = await sample('sap-ledger');
    expect(source.about).toEqual({ format: 'csv', delimiter: ';', encoding: 'windows-1252' });
    expect(
      rows.map((row) => [row['entry_id'], row['period'], row['cost_center'], row['amount'], row['description']]),
    ).toEqual([
      ['1000-2026-1900000012-001', '2026-03', 'VOICE', '1234567.89', 'Löhne März'],
      ['1000-2026-1900000012-002', '2026-03', 'CHAT', '48000.00', 'Löhne März'],
      ['1000-2026-1900000013-001', '2026-03', 'UNASSIGNED', '-250.50', 'Gutschrift "Outsourcer"; Februar'],
    ]);
  });

  it('FOCUS cost rows: tax left out, long decimals rounded against the total', async () => {
    const { source, rows } = await sample('focus-costs');
    expect(source.report).toMatchObject({ read: 5, delivered: 4, equalRows: 1 });
    expect(source.report.rounded).toEqual([
      { column: 'amount', currency: 'USD', exact: '23.1948090', posted: '23.19', rows: 3 },
    ]);
    expect(rows.map((row) => row['amount']!).sort()).toEqual(['-1.5', '0.00', '12.34', '12.35']);
    expect(rows.every((row) => row['period'] === '2026-03' && row['cost_center'] === 'contact-center')).toBe(true);
  });
});
