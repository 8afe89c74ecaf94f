import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { WorkbookModel } from '../../src/workbook/model/workbook-model.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { masterOf, masterOfInputs, withPacks, written } from './books.ts';
import { partsOf, sheetsOf } from './cells.ts';
import { companyInputs } from './company.ts';
import { packageFaults } from './package-faults.ts';
import { Referees } from './referees.ts';
import { contextOf } from './workbooks.ts';

const FULL = process.env['ANSWERABLE_FULL'] === '1';

const HARD_NAMES = [
  'Exactly thirty-one characters !',
  'Exactly thirty-one characters !!',
  'R&D',
  "D'Alsace",
  'D’Alsace',
  '🦊 Fuchs & Söhne 👩‍👩‍👧‍👦',
  'مبيعات التجزئة',
  '=1+1',
  '@SUM(A1)',
  '-2+3',
  '<script>alert(1)</script>',
  'a:b/c\\d?e*f[g]',
  "'quoted'",
  'History',
  'history',
  '_x0041_',
  '\u0007bell\u0000',
  '\uD83D half',
  '   ',
];

/** The same company with these texts wherever people name something. */
function named(names: readonly string[], codeOf = (i: number) => `${names[i]!.slice(0, 8)}-${i}`): WorkbookModel {
  const units = names.map((name, i) => ({ code: codeOf(i), name }));
  const inputs = companyInputs({ units, reasons: 12 });
  const text = (i: number) => names[i % names.length]!;
  const records = {
    units: [...inputs.register.units.values()].flat(),
    decisions: [...inputs.register.decisions.values()],
    reasons: [...inputs.register.reasons.values()],
  };
  records.decisions.forEach((decision, i) => Object.assign(decision, { title: text(i) }));
  records.reasons.forEach((reason, i) => Object.assign(reason, { name: text(i) }));
  const ledger = inputs.ledger.map((entry, i) => ({ ...entry, description: text(i), account: entry.account }));
  return masterOfInputs({ ...inputs, ledger }, contextOf(inputs, text(0)));
}

/** Parts of the files in order and well formed; those named are opened by LibreOffice and openpyxl, too. */
async function check(models: Iterable<readonly [string, WorkbookModel]>, referees: Referees, inOffice: number) {
  const files: string[] = [];
  for (const [name, model] of models) {
    const { content } = await written(model);
    const parts = partsOf(content);
    expect([name, packageFaults(parts)]).toEqual([name, []]);
    const folder = join(referees.folder, String(files.length));
    for (const [part, xml] of parts) {
      mkdirSync(dirname(join(folder, part)), { recursive: true });
      writeFileSync(join(folder, part), xml);
    }
    const paths = [...parts.keys()].map((part) => join(folder, part));
    execFileSync('xmllint', ['--noout', ...paths], { stdio: 'pipe' });
    const path = join(referees.folder, `${files.length}.xlsx`);
    writeFileSync(path, content);
    files.push(path);
  }
  const opened = files.slice(0, inOffice);
  const tabs = opened.map((path) => sheetsOf(partsOf(path)).size);
  expect(referees.libreOffice(opened).map((path) => sheetsOf(partsOf(path)).size)).toEqual(tabs);
  const charts = opened.map((path) => [...partsOf(path).keys()].filter((part) => /^xl\/charts\//.test(part)).length);
  expect(referees.openpyxl(opened)).toEqual(tabs.map((count, i) => ({ sheets: count, charts: charts[i] })));
}

/** Formulas cell by cell, without the names of sheets. */
async function formulasOf(model: WorkbookModel): Promise<string[]> {
  return [...sheetsOf(partsOf((await written(model)).content)).values()].flatMap((cells, sheet) =>
    [...cells].flatMap(([cell, { formula }]) =>
      formula === undefined ? [] : [`${sheet}!${cell} ${formula.replace(/'(?:[^']|'')*'!/g, 'S!')}`],
    ),
  );
}

describe('a workbook with hard names', () => {
  const referees = new Referees();
  afterAll(() => referees.end());

  it('is well formed, in the order of the schema, all parts listed and related; other programs open it', async () => {
    await check(withPacks(named(HARD_NAMES)), referees, 2);
  }, 300_000);

  it('gets no formula from a text: the same formulas as with plain names', async () => {
    const code = (i: number) => `UNIT-${i}`;
    const plain = named(
      HARD_NAMES.map((_, i) => `Unit ${i}`),
      code,
    );
    expect(await formulasOf(named(HARD_NAMES, code))).toEqual(await formulasOf(plain));
  }, 120_000);
});

describeWithShared('the naughty strings', 'hostile/blns/blns.json', () => {
  const referees = new Referees();
  afterAll(() => referees.end());

  it('name units, decisions, reasons, vendors and entries without breaking a part', async () => {
    const strings = JSON.parse(readFileSync(sharedPath('hostile', 'blns', 'blns.json'), 'utf8')) as string[];
    const size = 40;
    const models: [string, WorkbookModel][] = [];
    for (let start = 0; start < strings.length; start += size) {
      const model = named(strings.slice(start, start + size));
      models.push([`naughty-${start}`, model]);
    }
    await check(models, referees, FULL ? models.length : 1);
  }, 600_000);
});

describe('the pack of a unit', () => {
  const UNITS = ['ZQXA', 'ZQXB', 'ZQXC', 'ZQXD'].map((code) => ({ code, name: `Name of ${code} only` }));

  it('holds no code, name, decision or figure of another unit in any part of its file', async () => {
    const packs = withPacks(masterOf({ units: UNITS }));
    const master = packs.get('master')!;
    for (const { code } of UNITS) {
      const pack = packs.get(code)!;
      const { content } = await written(pack);
      const all = [...partsOf(content).values()].join('\n');
      expect(all).toContain(`Name of ${code} only`);
      const others = UNITS.filter((unit) => unit.code !== code);
      for (const unit of others) {
        expect(all).not.toContain(unit.code);
        expect(all).not.toContain(unit.name);
      }
      const own = new Set(pack.decisions.map((decision) => decision.code));
      for (const decision of master.decisions.filter((other) => !own.has(other.code))) {
        expect(all).not.toContain(decision.code);
        expect(all).not.toContain(decision.title);
      }
      const values = new Set([...all.matchAll(/<(?:c:)?v>([^<]*)<\/(?:c:)?v>/g)].map(([, value]) => value));
      const mine = new Set(pack.lines.map(({ line }) => Number(line.amount) / 100));
      const foreign = master.lines
        .filter(({ line }) => line.unit !== code && (line.amount > 100_000n || line.amount < -100_000n))
        .map(({ line }) => Number(line.amount) / 100)
        .filter((amount) => !mine.has(amount));
      expect(foreign.length).toBeGreaterThan(10);
      expect(foreign.filter((amount) => values.has(String(amount)))).toEqual([]);
      const keys = others.map((unit) => master.units.find((view) => view.code === unit.code)!);
      const totals = keys.map(({ key }) =>
        master.lines.reduce((sum, line) => (line.unitKey === key ? sum + line.line.amount : sum), 0n),
      );
      expect(totals.filter((total) => values.has(String(Number(total) / 100)))).toEqual([]);
    }
  }, 120_000);
});
