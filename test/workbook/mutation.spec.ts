import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fraction } from '../../src/domain/fraction.ts';
import { addMonths } from '../../src/domain/period.ts';
import type { CloseInputs } from '../../src/domain/statements/close-inputs.ts';
import type { WorkbookModel } from '../../src/workbook/model/workbook-model.ts';
import { planMaster } from '../../src/workbook/master.ts';
import type { Frame } from '../../src/workbook/plan/frame.ts';
import { readTemplate } from '../../src/workbook/plan/template.ts';
import { lastLinesOf, masterOfInputs, written } from './books.ts';
import { changedFile, partsOf, sheetsOf, type SheetsRead } from './cells.ts';
import { companyInputs } from './company.ts';
import { Referees } from './referees.ts';
import { contextOf } from './workbooks.ts';

/** Reasons of ten units' decisions need not be many: the formulas are the same. */
const inputs = companyInputs({ reasons: 11 });
const lastLines = lastLinesOf(companyInputs({ reasons: 11, period: addMonths(inputs.period, -1), seed: 2 }));
const masterOf = (changed: CloseInputs): WorkbookModel => masterOfInputs(changed, { ...contextOf(changed), lastLines });

interface Mutation {
  /** the same change for the engine; none: a file that no inputs would give */
  readonly engine?: () => CloseInputs;
  /** new values of input cells: sheet, cell, value */
  readonly cells: (frame: Frame) => (readonly [sheet: string, cell: string, value: number])[];
  readonly status: RegExp;
}

const master = masterOf(inputs);
const frame = planMaster(master, readTemplate());

const at = (table: string, column: string, index: number): readonly [string, string] => {
  const { sheet, first } = frame.table(table);
  return [sheet.name, sheet.at(column, first + index)];
};
const SECONDS = 4321n;
const sharedVolumes = (share: string): number[] =>
  master.volumes.flatMap((volume, i) => {
    const line = volume.lineNo === null ? undefined : master.lines[volume.lineNo - 1];
    return line?.line.decision === 'PRICE-MOBILE' && volume.share.equals(Fraction.parse(share)) ? [i] : [];
  });

/** A driver of one line alone: a cell that one rule takes whole. */
const driver = master.volumes.findIndex(({ share, unitKey }) => share.equals(Fraction.ONE) && unitKey !== null);
const driven = inputs.cells.findIndex((cell) => {
  const { measure, channel, seconds } = master.volumes[driver]! as unknown as {
    measure: { reason: string };
    channel: string;
    seconds: Fraction;
  };
  return (
    cell.dimensions.reason === measure.reason &&
    cell.dimensions.channel === channel &&
    Fraction.of(cell.seconds).equals(seconds)
  );
});

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a driver: seconds of some contacts': {
    engine: () => ({
      ...inputs,
      cells: inputs.cells.map((cell, i) => (i === driven ? { ...cell, seconds: cell.seconds + SECONDS } : cell)),
    }),
    cells: () => [[...at('volumes', 'seconds', driver), Number(inputs.cells[driven]!.seconds + SECONDS)]],
    status: /^CHANGED/,
  },
  'a share: a decision of two owners, 60:40 becomes 50:50': {
    engine: () => companyInputs({ reasons: 11, shares: ['0.5', '0.5'] }),
    cells: () =>
      ['0.6', '0.4'].flatMap((share) =>
        sharedVolumes(share).map((index) => [...at('volumes', 'share', index), 0.5] as const),
      ),
    status: /^CHANGED/,
  },
  'a ledger amount': {
    engine: () => ({
      ...inputs,
      ledger: inputs.ledger.map((entry) =>
        entry.entry === master.ledger[2]!.entry ? { ...entry, amount: entry.amount + 123_457n } : entry,
      ),
    }),
    cells: () => [[...at('ledger', 'amount', 2), Number(master.ledger[2]!.amount + 123_457n) / 100]],
    status: /^CHANGED/,
  },
  'a broken share': {
    cells: () => [[...at('volumes', 'share', sharedVolumes('0.6')[0]!), 0.7]],
    status: /FAIL/,
  },
  'a posted amount typed over': {
    cells: () => [[...at('lines', 'amount', 3), 99.99]],
    status: /FAIL|CHANGED/,
  },
};

/** Columns that hold the run's own figure beside the computed one. */
const POSTED = new Map(
  [...frame.sheets.values()].map((sheet) => [
    sheet.name,
    new Set(['asPosted', 'difference'].flatMap((key) => (sheet.has(key) ? [sheet.col(key)] : []))),
  ]),
);

/** Everything that is computed, but for what says that the run is another one. */
function computed(sheets: SheetsRead): Map<string, number> {
  const values = new Map<string, number>();
  for (const [name, cells] of sheets) {
    if (name === 'Checks') continue;
    for (const [cell, { formula, value }] of cells) {
      const isComputed = formula !== undefined && !POSTED.get(name)!.has(/^[A-Z]+/.exec(cell)![0]);
      if (isComputed && typeof value === 'number') values.set(`${name}!${cell}`, value);
    }
  }
  return values;
}

describe('an input changed inside the file, computed again by LibreOffice', () => {
  const referees = new Referees();
  let found: Map<string, SheetsRead>;

  beforeAll(async () => {
    const { content } = await written(master);
    const names = Object.keys(MUTATIONS);
    const files = names.map((name, i) => {
      const path = join(referees.folder, `mutation-${i}.xlsx`);
      writeFileSync(path, changedFile(new Uint8Array(content), MUTATIONS[name]!.cells(frame)));
      return path;
    });
    const saved = referees.libreOffice(files);
    found = new Map(names.map((name, i) => [name, sheetsOf(partsOf(saved[i]!))]));
  }, 300_000);

  afterAll(() => referees.end());

  const consistent = Object.entries(MUTATIONS).filter(([, { engine }]) => engine !== undefined);
  it.each(consistent)('%s: every total moves as the engine’s does', async (name, { engine }) => {
    const expected = computed(sheetsOf(partsOf((await written(masterOf(engine!()))).content)));
    const before = computed(sheetsOf(partsOf((await written(master)).content)));
    const now = computed(found.get(name)!);
    const faults: string[] = [];
    let moved = 0;
    for (const [cell, value] of expected) {
      if (Math.abs(value - now.get(cell)!) > 1e-6) faults.push(`${cell}: ${value}, ${now.get(cell)}`);
      if (Math.abs(value - before.get(cell)!) > 1e-6) moved += 1;
    }
    expect(faults).toEqual([]);
    expect(moved).toBeGreaterThan(20);
  });

  it.each(Object.entries(MUTATIONS))('%s: the master check says so', (name, { status }) => {
    expect(found.get(name)!.get('Summary')!.get('A4')!.value).toMatch(status);
    expect(found.get(name)!.get('Audit')!.get('A4')!.value).toMatch(status);
  });
});
