import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { DecisionsService } from '../../src/application/decisions.service.ts';
import { WorkbookService } from '../../src/application/workbook.service.ts';
import { period } from '../../src/domain/period.ts';
import type { StatementSet } from '../../src/domain/statements/statement-set.ts';
import { generate } from '../../src/generator/generate.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { changedFile, partsOf, sheetsOf, type CellRead, type SheetsRead } from './cells.ts';
import { foreignTexts } from './leaks.ts';
import { compared, Referees } from './referees.ts';

const ISSUED = ['2026-06', '2026-07', '2026-08', '2026-09'].map(period);
const NEWEST = period('2026-10');
/** Two units own this decision: it stands in the packs of both, and its words hold one's code and name. */
const SHARED = ['PRICE-MOBILE', 'Mobile tariffs'];

const sheetsIn = (path: string): SheetsRead => sheetsOf(partsOf(path));
const isMaster = (path: string): boolean => /^statements-\d{4}-\d{2}(?:-preliminary)?\.xlsx$/.test(basename(path));
const unitOf = (path: string): string => /^statements-\d{4}-\d{2}-([A-Z]+)/.exec(basename(path))![1]!;
const status = (sheets: SheetsRead, sheet: string): unknown => sheets.get(sheet)!.get('A4')!.value;

/** Every formula as the other program computes it, no error value, and the master check says so on every sheet. */
function expectSame(files: readonly string[], saved: readonly string[]): void {
  const faults: string[] = [];
  let formulas = 0;
  files.forEach((file, i) => {
    const comparison = compared(file, saved[i]!);
    expect([basename(file), comparison.formulas > 100]).toEqual([basename(file), true]);
    formulas += comparison.formulas;
    faults.push(...comparison.faults.map((fault) => `${basename(file)}: ${fault}`));
  });
  expect(faults).toEqual([]);
  for (const file of saved) {
    const sheets = sheetsIn(file);
    const said = [...sheets.keys()].map((name) => [basename(file), name, status(sheets, name)]);
    expect(said).toEqual([...sheets.keys()].map((name) => [basename(file), name, 'Workbook checks: ALL OK']));
  }
  console.info(`${files.length} workbooks, ${formulas} formulas`);
}

/** No pack has a code, a name or a figure of another unit: lines, bridges, netted retention, rulings, totals. */
function expectApart(files: readonly string[], set: StatementSet): void {
  const packs = files.filter((file) => !isMaster(file));
  expect(packs.map(unitOf).sort()).toEqual(set.units.map(({ unit }) => unit).sort());
  const found = packs.flatMap((file) =>
    foreignTexts(partsOf(file), unitOf(file), set.units, SHARED).map((text) => `${basename(file)}: ${text}`),
  );
  expect(found).toEqual([]);
  // The search does find: the master holds it all.
  expect(foreignTexts(partsOf(files.find(isMaster)!), 'RETAIL', set.units, SHARED).length).toBeGreaterThan(10);
}

/** First cell below a header that fits. */
function cellBelow(
  cells: ReadonlyMap<string, CellRead>,
  header: string,
  fits: (value: number, row: number) => boolean,
): [string, number] {
  const [head] = [...cells].find(([, { value }]) => value === header)!;
  const column = /^[A-Z]+/.exec(head)![0];
  for (const [cell, { value }] of cells) {
    const row = Number(/\d+$/.exec(cell)![0]);
    const below = cell === `${column}${row}` && row > Number(head.slice(column.length));
    if (below && typeof value === 'number' && fits(value, row)) return [cell, value];
  }
  throw new Error(`nothing fits below ${header}`);
}

describe('the workbooks of the demo company in small, with every feature on', () => {
  const referees = new Referees();
  const ADDED = 123.45;
  let books: TestBooks;
  let set: StatementSet;
  let files: string[];
  let master: string;
  /** the master with a share broken inside the file, and with another ledger amount */
  let changed: string[];
  let byLibreOffice: string[];

  beforeAll(async () => {
    books = await testBooks();
    await importCompany(join(referees.folder, 'company'));
    for (const month of ISSUED) await books.issue(month);
    await rule();
    const { finance } = books.people;
    await books.periods.close(finance, NEWEST);
    set = (await books.statements.document(finance, NEWEST)) as unknown as StatementSet;
    const workbooks = new WorkbookService(books.db, new DecisionsService(books.db), books.statements);
    const out = join(referees.folder, 'out');
    const written = await workbooks.write(finance, NEWEST, out);
    files = written.map(({ path }) => path).filter((path) => path.endsWith('.xlsx'));
    master = files.find(isMaster)!;
    changed = changedMasters(out);
    byLibreOffice = referees.libreOffice([...files, ...changed]);
  }, 600_000);
  afterAll(async () => {
    referees.end();
    await books.end();
  });

  /** Shown tiers, a parked entry and a bound that parks units. */
  async function importCompany(folder: string): Promise<void> {
    await generate({ folder, contacts: 12_000, seed: 7, months: 22, endPeriod: NEWEST });
    const ledger = parse(readFileSync(join(folder, 'ledger.csv')), { columns: true }) as Record<string, string>[];
    const cleaning = ledger.filter((entry) => entry['description'] === 'Cleaning').map((entry) => entry['entry_id']!);
    const model = readFileSync(join(folder, 'model.yaml'), 'utf8')
      .replace(/^tiers:.*$/m, 'tiers: { A: charge, B: show, C: show, D: charge }')
      .replace(/^bounds:.*$/m, "bounds: { unmapped_share: '0.10', jump_against_trailing: '0.30' }")
      .concat(`parked_entries: [${cleaning.join(', ')}]\n`);
    writeFileSync(join(folder, 'model.yaml'), model);
    const report = await books.imports.importFolder(books.people.finance, folder, {
      applyModel: async (yaml) => `model ${(await books.models.apply(books.people.finance, yaml)).modelId}`,
    });
    expect(report.stoppedAt).toBeUndefined();
  }

  /** A dispute between two units and a correction of the last issued month, both booked by the newest. */
  async function rule(): Promise<void> {
    const { finance, controller, unit_owner: owner, auditor } = books.people;
    const [last] = ISSUED.slice(-1) as [(typeof ISSUED)[number]];
    const { units } = (await books.statements.document(auditor, last)) as unknown as StatementSet;
    const retail = units.find(({ unit }) => unit === 'RETAIL')!;
    const line = retail.lines.find(({ kind, treatment }) => kind === 'contacts' && treatment === 'charged')!;
    const reasons = { reason: 'not ours', evidence: 'ticket 1', to: 'MOBILE' };
    const { id } = await books.disputes.open({ ...owner, units: ['RETAIL'] }, line.id, reasons);
    await books.disputes.rule(controller, id, { accept: true, reason: 'the ticket shows it' });
    const asked = { chargePeriod: last, unit: 'BILLING', amount: '12.34', why: 'agreed in writing' };
    await books.corrections.approve(controller, (await books.corrections.ask(finance, asked)).id);
  }

  function changedMasters(folder: string): string[] {
    const sheets = sheetsIn(master);
    const [share] = cellBelow(sheets.get('Volumes')!, 'Share', (value) => value > 0 && value < 1);
    const ledger = sheets.get('Ledger')!;
    const [amount, before] = cellBelow(ledger, 'Amount', (_, row) => ledger.get(`H${row}`)!.value === 'EUR');
    const changes = { share: ['Volumes', share, 0.99], ledger: ['Ledger', amount, before + ADDED] } as const;
    mkdirSync(folder, { recursive: true });
    return Object.entries(changes).map(([name, change]) => {
      const path = join(folder, `changed-${name}.xlsx`);
      writeFileSync(path, changedFile(master, [change]));
      return path;
    });
  }

  it('are of a month with units and entries parked, tiers shown, rulings beside the charge, estimates of retention', () => {
    const units = set.units as unknown as { unit: string; adjustments: string; parked: object | null }[];
    expect(units.filter(({ parked }) => parked !== null).length).toBeGreaterThan(0);
    expect(units.filter(({ parked }) => parked === null).length).toBeGreaterThan(2);
    expect(units.filter(({ adjustments }) => adjustments !== '0.00').map(({ unit }) => unit)).toEqual(
      expect.arrayContaining(['BILLING', 'MOBILE', 'RETAIL']),
    );
    expect(Number(set.reconciliation!.withheld)).toBeGreaterThan(0);
    const tabs = [...sheetsIn(master).keys()];
    expect(tabs).toEqual(expect.arrayContaining(['Value', 'Decisions', 'Adjustments', 'Support', 'Drill-down']));
    expect(tabs.length).toBeGreaterThan(25);
  });

  it('LibreOffice comes to the stored results, to a millionth, without an error', () => {
    expectSame(files, byLibreOffice.slice(0, files.length));
  });

  it('Gnumeric does, too', () => {
    expectSame(files, referees.gnumeric(files));
  }, 300_000);

  it('hold nothing of another unit in a pack', () => {
    expectApart(files, set);
  });

  it('fail their checks when a share is broken inside the file', () => {
    const sheets = sheetsIn(byLibreOffice[files.length]!);
    for (const name of ['Summary', 'Checks', 'Audit']) expect(status(sheets, name)).toMatch(/FAIL/);
  });

  it('move with a ledger amount and say that they are no longer the run', () => {
    const sheets = sheetsIn(byLibreOffice[files.length + 1]!);
    expect(status(sheets, 'Summary')).toMatch(/^CHANGED/);
    const figure = (of: SheetsRead, words: string): number => {
      const cells = of.get('Summary')!;
      const [at] = [...cells].find(([, { value }]) => value === words)!;
      return cells.get(at.replace('A', 'C'))!.value as number;
    };
    const moved = (words: string) => figure(sheets, words) - figure(sheetsIn(master), words);
    expect(moved('Service cost in the ledger')).toBeCloseTo(ADDED, 6);
    expect(moved('Difference to the ledger')).toBeCloseTo(0, 6);
  });
});

/** Folder of `answerable demo --out`: where it is given, its own newest workbooks are recalculated, too. */
const DEMO = process.env['ANSWERABLE_DEMO'];
const withDemo = DEMO === undefined ? describe.skip : describe;

withDemo('the demo company’s own newest workbooks', () => {
  const referees = new Referees();
  let set: StatementSet;
  let files: string[];

  beforeAll(() => {
    const months = readdirSync(DEMO!).filter((name) => /^\d{4}-\d{2}$/.test(name));
    const folder = join(DEMO!, months.sort().at(-1)!);
    const paths = readdirSync(folder).map((name) => join(folder, name));
    files = paths.filter((path) => path.endsWith('.xlsx'));
    set = JSON.parse(
      readFileSync(
        paths.find((path) => path.endsWith('.json'))!,
        'utf8',
      ),
    ) as StatementSet;
    expect(files.filter(isMaster)).toHaveLength(1);
    expect(set.units.some(({ retentionCredit }) => retentionCredit !== '0.00')).toBe(true);
  });
  afterAll(() => referees.end());

  it.each(['libreOffice', 'gnumeric'] as const)(
    '%s comes to the stored results, to a millionth, without an error',
    (program) => expectSame(files, referees[program](files)),
    300_000,
  );

  it('hold nothing of another unit in a pack', () => {
    expectApart(files, set);
  });
});
