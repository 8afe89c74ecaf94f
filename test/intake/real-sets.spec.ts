import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decimal, decimalText, sum } from '../../src/domain/decimal.ts';
import { mapped } from '../../src/intake/mapping.ts';
import { parseMapping } from '../../src/intake/mapping-file.ts';
import { openFile } from '../../src/intake/open-file.ts';
import type { RowFault } from '../../src/intake/rows.ts';
import { packageRoot } from '../../src/package-root.ts';
import { BANK_CONTACTS, rowsOf, throughMapping } from '../builders/bank-complaints.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';

jest.setTimeout(240_000);

const total = (rows: readonly Record<string, string>[], column: string): string =>
  decimalText(sum(rows.map((row) => decimal(row[column]!))));
const tally = (rows: readonly Record<string, string>[], column: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[row[column]!] = (counts[row[column]!] ?? 0) + 1;
  return counts;
};

describeWithShared("the bureau's own XLSX export", 'data/bank-complaints', () => {
  it('gives the same contacts as the compact CSV, dates from the misleading columns included', async () => {
    const fromXlsx = await throughMapping(
      'bank-complaints/source_Consumer_Complaints.xlsx',
      'bank-complaints/contacts-xlsx.yaml',
    );
    expect(fromXlsx.about).toEqual({ format: 'xlsx', sheet: 'Data' });
    const byId = (rows: Record<string, string>[]): Map<string, Record<string, string>> =>
      new Map(rows.map((row) => [row['contact_id']!, row]));
    const xlsx = byId(await rowsOf(fromXlsx));
    const csv = byId(await rowsOf(await throughMapping(BANK_CONTACTS, 'bank-complaints/contacts.yaml')));
    expect(fromXlsx.report).toMatchObject({ read: 62_516, delivered: 62_516, refused: 0 });
    expect(xlsx.size).toBe(62_516);
    expect([...xlsx].filter(([id, row]) => JSON.stringify(row) !== JSON.stringify(csv.get(id)))).toEqual([]);
  });

  it('has 10,858 complaints without a sub-issue, which the code leaves out', async () => {
    const source = await openFile(sharedPath('data', BANK_CONTACTS));
    const at = (name: string): number => source.header.indexOf(name);
    let blank = 0;
    for await (const batch of source.rows) for (const { fields } of batch) if (fields[at('sub_issue')] === '') blank++;
    expect(blank).toBe(10_858);
    const reasons = await rowsOf(await throughMapping(BANK_CONTACTS, 'bank-complaints/reasons.yaml'));
    expect(reasons).toHaveLength(667);
    expect(
      reasons.find((row) => row['name'] === 'Trouble during payment process · Conventional home mortgage'),
    ).toMatchObject({
      parent_code: 'conventional-home-mortgage.mortgage',
      standard_handle_seconds: '1800',
    });
  });
});

describeWithShared("the service desk's event log", 'data/incident-log', () => {
  it('keeps the last of several rows an incident and reads "?" as missing', async () => {
    const source = await throughMapping(
      'incident-log/incident_event_log_first119998.csv.gz',
      'service-desk-events.yaml',
    );
    const rows = await rowsOf(source);
    expect(source.report).toMatchObject({ read: 119_998, superseded: 99_229, delivered: 20_769, refused: 0 });
    expect(Object.fromEntries(source.report.missing)).toEqual({
      customer_id: 3,
      queue: 2157,
      site: 6,
      vendor: 20_762,
      case_id: 20_445,
    });
    expect(tally(rows, 'channel')).toEqual({ voice: 20_733, mail: 36 });
    expect(tally(rows, 'resolved')).toEqual({ true: 20_768, false: 1 });
    const days = rows.map((row) => row['started_at']!).sort();
    expect([days[0], days.at(-1)]).toEqual(['2016-02-29T01:16:00', '2016-05-13T11:49:00']);
    expect(rows.filter((row) => row['reason_code'] === 'uncategorised').length).toBeLessThan(8);
  });

  it('takes state -100 as a row that says nothing about the outcome', async () => {
    const source = await openFile(sharedPath('data/incident-log/incident_event_log_first119998.csv.gz'));
    const text = readFileSync(join(packageRoot, 'templates/mappings/service-desk-events.yaml'), 'utf8').replace(
      /rows:\n  last_of: number/,
      '',
    );
    const all = mapped(source, parseMapping(text, 'all-events'), { file: 'log' });
    const rows = await rowsOf(all);
    expect(all.report).toMatchObject({ delivered: 119_998, refused: 0 });
    expect(rows.filter((row) => row['resolved'] === '')).toHaveLength(all.report.missing.get('resolved')!);
    expect(all.report.missing.get('resolved')).toBeGreaterThan(0);
  });
});

describeWithShared("the online retailer's invoice lines", 'data/online-retail', () => {
  it('multiplies exactly, rounds against the total, and counts what is missing, cancelled, free and double', async () => {
    const source = await throughMapping('online-retail/online_retail_by_day.csv.gz', 'online-retail.yaml');
    const rows = await rowsOf(source);
    expect(source.report).toMatchObject({
      read: 541_909,
      delivered: 406_829,
      refused: 0,
      alike: 5268,
      equalRows: 5225,
    });
    expect([...source.report.dropped]).toEqual([['no customer; nobody whose revenue it could be', 135_080]]);
    expect(source.report.rounded).toEqual([
      { column: 'amount', currency: 'GBP', exact: '8300065.814', posted: '8300065.81', rows: 4 },
    ]);
    expect(total(rows, 'amount')).toBe('8300065.81');
    expect(tally(rows, 'kind')).toEqual({ purchase: 406_829 - 8905, refund: 8905 });
    expect(rows.filter((row) => row['kind'] === 'refund').every((row) => row['amount']!.startsWith('-'))).toBe(true);
    expect(rows.filter((row) => /^0(\.0+)?$/.test(row['amount']!))).toHaveLength(
      40 + rows.filter((row) => row['amount'] === '0.00').length,
    );
    expect(rows.every((row) => /^\d{5}$/.test(row['customer_id']!))).toBe(true);
    expect(new Set(rows.map((row) => row['event_id'])).size).toBe(rows.length);
  }, 240_000);
});

describeWithShared("the council's payment lists", 'data/council-spend', () => {
  it.each([
    [
      'jan-mar-2015',
      { delivered: 3864, refused: 0, alike: 519 },
      '13880574.57',
      { '2015-01': 0, '2015-02': 0, '2015-03': 0 },
      6,
      0,
    ],
    [
      'oct-dec-2017',
      { delivered: 3855, refused: 0, alike: 277 },
      '17382055.9',
      { '2017-10': 0, '2017-11': 0, '2017-12': 0 },
      5,
      69,
    ],
  ])(
    '%s reads through one mapping for all headers',
    async (quarter, report, amount, periods, negatives, blankVendors) => {
      const source = await throughMapping(`council-spend/expenditure-over-500-${quarter}.csv`, 'council-payments.yaml');
      const rows = await rowsOf(source);
      expect(source.report).toMatchObject(report);
      expect(total(rows, 'amount')).toBe(amount);
      expect(Object.keys(tally(rows, 'period')).sort()).toEqual(Object.keys(periods));
      expect(rows.filter((row) => row['amount']!.startsWith('-'))).toHaveLength(negatives);
      expect(source.report.missing.get('vendor') ?? 0).toBe(blankVendors);
    },
  );

  it('refuses the quarter with destroyed dates, row by row and as a whole, in words', async () => {
    const faults: RowFault[] = [];
    const name = 'expenditure-over-500-apr-jun-2014.csv';
    const yaml = readFileSync(join(packageRoot, 'templates/mappings/council-payments.yaml'), 'utf8');
    const source = mapped(
      await openFile(sharedPath('data/council-spend', name)),
      parseMapping(yaml, 'council-payments.yaml'),
      {
        file: name,
        onFault: (fault) => faults.push(fault),
      },
    );
    expect(await rowsOf(source)).toEqual([]);
    expect(source.report).toMatchObject({ read: 3836, delivered: 0, refused: 3836 });
    expect(new Set(faults.filter((fault) => fault.line !== undefined).map((fault) => fault.line)).size).toBe(3836);
    expect(faults).toHaveLength(3837);
    expect(faults[1]).toMatchObject({ line: 2, column: 'Paid Date', value: '00:00:00', code: 'date_lost' });
    expect(faults[0]).toMatchObject({
      code: 'all_date_lost',
      message:
        'every one of the 3836 rows: "Paid Date" is a time of day and no date: the export lost its dates (a spreadsheet saved them with a time format)',
      remedy: 'Ask for the file again with its dates; no date can be worked out from this',
    });
  });
});

describeWithShared("the airport's passenger surveys", 'data/airport-survey', () => {
  it.each([
    ['2017', { csat: 2688, nps: 2746, ces: 2683 }, 39.84],
    ['2018', { csat: 2625, nps: 2650, ces: 2603 }, 30.98],
  ])(
    '%s: three questions of each passenger, non-answers left out, the published unweighted NPS',
    async (year, answers, nps) => {
      const source = await throughMapping(
        `airport-survey/${year}_SFO_Customer_Survey.csv`,
        `airport-survey/${year}.yaml`,
      );
      const rows = await rowsOf(source);
      expect(tally(rows, 'metric')).toEqual(answers);
      const { read, unanswered } = source.report;
      expect([...unanswered.values()].reduce((a, b) => a + b, rows.length)).toBe(3 * read);
      const scores = rows.filter((row) => row['metric'] === 'nps').map((row) => Number(row['score']));
      const share = (test: (score: number) => boolean): number => scores.filter(test).length / scores.length;
      expect(100 * (share((s) => s >= 9) - share((s) => s <= 6))).toBeCloseTo(nps, 2);
      expect(Math.max(...scores)).toBe(10);
      for (const metric of ['csat', 'ces']) {
        expect(
          Object.keys(
            tally(
              rows.filter((row) => row['metric'] === metric),
              'score',
            ),
          ).sort(),
        ).toEqual(['1', '2', '3', '4', '5']);
      }
      expect(rows.every((row) => row['answered_at']!.startsWith(`${year}-05-`))).toBe(true);
      expect(new Set(rows.map((row) => row['survey_id'])).size).toBe(rows.length);
    },
  );
});
