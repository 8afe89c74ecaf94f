import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindNamed } from '../../src/intake/kinds/all.ts';
import { matchedColumns, suggestMapping } from '../../src/intake/mapping-guess.ts';
import { parseMapping } from '../../src/intake/mapping-file.ts';
import { openFile } from '../../src/intake/open-file.ts';
import { fittingDates, fittingNumbers } from '../../src/intake/value-formats.ts';
import { packageRoot } from '../../src/package-root.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';

async function suggested(text: string, kind: string, remembered: string[] = []): Promise<string> {
  async function* once(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(text));
  }
  const known = remembered.map((yaml) => ({ yaml, mapping: parseMapping(yaml, 'last.yaml') }));
  return suggestMapping(await openFile(once(), { file: 'Ausgaben März.csv' }), kindNamed(kind), {
    file: 'Ausgaben März.csv',
    remembered: known,
  });
}

describe('a guessed mapping', () => {
  it('finds columns by name and synonym, formats by the values, and shows rows as interpreted', async () => {
    const text =
      'Document Number;Posting Date;G/L Account;Cost Center;Amount;Currency;Text\n1;31.03.2026;6000;VOICE;1.234,50;EUR;Löhne\n2;30.03.2026;6010;CHAT;-2,00;EUR;?\n';
    const yaml = await suggested(text, 'ledger');
    const mapping = parseMapping(yaml, 'guess.yaml');
    expect(mapping).toMatchObject({
      kind: 'ledger',
      name: 'ausgaben-m-rz',
      numbers: { decimal: ',', thousands: '.' },
      missing: ['?'],
    });
    expect(mapping.columns.get('period')).toEqual({ from: ['Posting Date'], date: ['d.m.yyyy'], as: 'period' });
    expect(mapping.columns.get('amount')).toEqual({ from: ['Amount'], number: 'true' });
    expect(yaml).toContain(
      '#   line 2: entry_id=1; period=2026-03; account=6000; cost_center=VOICE; amount=1234.50; currency=EUR; posted_at=2026-03-31; description=Löhne',
    );
    expect(yaml).toContain('delimiter ";"');
  });

  it('says what it cannot know: which of two date formats, what is absent, ids that repeat', async () => {
    const yaml = await suggested('Order Id,Order Date,Value\n7,1/2/2026,5\n7,3/4/2026,6\n', 'revenue');
    expect(yaml).toMatch(/# occurred_at: the values fit both d\/m\/yyyy and m\/d\/yyyy/);
    expect(yaml).toMatch(/# customer_id is required and was not found/);
    expect(yaml).toMatch(/# event_id: "Order Id" repeats/);
  });

  it('lists the values of an enumeration for translation', async () => {
    const mapping = parseMapping(
      await suggested(
        'conversation id,date,via,reason,direction\n1,2026-03-01,x,y,Inbound\n2,2026-03-01,x,y,intern\n',
        'contacts',
      ),
      'g',
    );
    expect([...mapping.columns.get('direction')!.translate!]).toEqual([
      ['Inbound', 'inbound'],
      ['intern', ''],
    ]);
  });

  it('takes the mapping of last time when its columns are all there', async () => {
    const last =
      'name: last\nkind: ledger\ncolumns:\n  entry_id: { from: Nr, prefix: k- }\n  vendor: { from: Who, optional: true }\n';
    expect(await suggested('Nr,Betrag\n1,2\n', 'ledger', [last])).toContain('#   line 2: entry_id=k-1');
    expect(await suggested('Number,Betrag\n1,2\n', 'ledger', [last])).not.toContain('name: last');
  });

  it('uses each of their columns once, the required ones first', () => {
    const found = matchedColumns(kindNamed('contacts'), ['ID', 'Created At', 'Via', 'Category', 'Customer']);
    expect(Object.fromEntries(found)).toEqual({
      contact_id: 'ID',
      started_at: 'Created At',
      channel: 'Via',
      reason_code: 'Category',
      customer_id: 'Customer',
    });
  });
});

describe('formats that values fit', () => {
  it('dates', () => {
    expect(fittingDates(['13/02/2026', '1/3/2026'])).toEqual(['d/m/yyyy']);
    expect(fittingDates(['1/2/2026'])).toEqual(['d/m/yyyy', 'm/d/yyyy']);
    expect(fittingDates(['46082'])).toEqual(['excel']);
    expect(fittingDates(['00:00:00'])).toEqual([]);
    expect(fittingDates([])).toEqual([]);
  });
  it('numbers', () => {
    expect(fittingNumbers(['1', '2.50'])).toEqual({ decimal: '.' });
    expect(fittingNumbers(['1,234.50'])).toEqual({ decimal: '.', thousands: ',' });
    expect(fittingNumbers(['1.234,50', '2,5'])).toEqual({ decimal: ',', thousands: '.' });
    expect(fittingNumbers(['x'])).toBeUndefined();
  });
});

describeWithShared('guessed from real files', 'data', () => {
  it.each([
    [
      'council-spend/expenditure-over-500-oct-dec-2017.csv',
      'ledger',
      ['entry_id: Trans No', 'as: period', 'account: Expenditure Code', 'vendor: Supplier Name'],
    ],
    [
      'bank-complaints/source_Consumer_Complaints.xlsx',
      'contacts',
      ['contact_id: Complaint ID', 'from: Submitted via', 'from: Issue'],
    ],
    [
      'incident-log/incident_event_log_first119998.csv.gz',
      'contacts',
      ['contact_id: number', 'from: opened_at', 'date: d/m/yyyy HH:MM', 'last_of: number'],
    ],
    [
      'online-retail/online_retail_by_day.csv.gz',
      'revenue',
      ['event_id: InvoiceNo', 'row_id: true', 'customer_id: CustomerID'],
    ],
  ])('%s', async (file, kind, lines) => {
    const yaml = await suggestMapping(await openFile(sharedPath('data', file)), kindNamed(kind), { file });
    for (const line of lines) expect(yaml).toContain(line);
    expect(yaml.split('\n').filter((line) => line.startsWith('#   line '))).toHaveLength(5);
  });

  it('recognises a shipped mapping', async () => {
    const yaml = readFileSync(join(packageRoot, 'templates/mappings/online-retail.yaml'), 'utf8');
    const source = await openFile(sharedPath('data/online-retail/online_retail_by_day.csv.gz'));
    const text = await suggestMapping(source, kindNamed('revenue'), {
      file: 'x',
      remembered: [{ yaml, mapping: parseMapping(yaml, 'x') }],
    });
    expect(text).toContain('amount=15.3; currency=GBP');
  });
});
