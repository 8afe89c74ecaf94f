import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fraction } from '../../src/domain/fraction.ts';
import { period, type Period } from '../../src/domain/period.ts';
import { close } from '../../src/domain/statements/close.ts';
import type { CloseInputs } from '../../src/domain/statements/close-inputs.ts';
import { bridgeLines, type DocumentContext } from '../../src/domain/statements/document.ts';
import type { EffectSection } from '../../src/domain/statements/value-document.ts';
import { masterModel } from '../../src/workbook/model/build-model.ts';
import { DrillDownSums } from '../../src/workbook/model/drill-down.ts';
import { packModel } from '../../src/workbook/model/pack-model.ts';
import type { DecisionProfit, WorkbookModel } from '../../src/workbook/model/workbook-model.ts';
import { readTemplate, type Language } from '../../src/workbook/plan/template.ts';
import { writeWorkbook, type WrittenWorkbook } from '../../src/workbook/workbook.ts';
import { companyInputs, type CompanyShape } from './company.ts';
import { contextOf, RUN_OF_TEST } from './workbooks.ts';

const LAST = period('2026-02');

/** Lines of a period by unit, as a next period's bridge reads them. */
export function lastLinesOf(inputs: CloseInputs): NonNullable<DocumentContext['lastLines']> {
  const books = close(inputs);
  const units = [...new Set(books.lines.map(({ unit }) => unit))];
  return new Map(units.map((unit) => [unit, bridgeLines(books.lines.filter((line) => line.unit === unit))]));
}

/** The master of a company, with its drill-down and, where the shape says so, a last period to come from. */
export function masterOf(shape: CompanyShape & { readonly last?: Period | null } = {}): WorkbookModel {
  const inputs = companyInputs(shape);
  const last = shape.last === null ? undefined : lastLinesOf(companyInputs({ ...shape, period: LAST, seed: 2 }));
  return masterOfInputs(inputs, { ...contextOf(inputs), lastLines: last });
}

export function masterOfInputs(inputs: CloseInputs, context: DocumentContext): WorkbookModel {
  const rows = new DrillDownSums();
  const model = masterModel(inputs, context, { ...RUN_OF_TEST, observe: rows.add });
  const sums = rows.rows();
  const profits = new Map(model.decisions.map(({ code }, i) => [code, profitOf(i)]));
  return {
    ...model,
    profits: profits.size === 0 ? undefined : profits,
    drillDown: { rows: sums, count: sums?.count ?? 0, parts: [] },
  };
}

/** Decisions that earn, that lose, and that collected nothing. */
function profitOf(i: number): DecisionProfit {
  return {
    billed: [2_500_000n, 30_000n, 0n][i % 3]!,
    waived: [120_000n, 0n, 0n][i % 3]!,
    refunded: [4_305n, 29_999n, 0n][i % 3]!,
    exposures: Fraction.of([12_874, 31, 0][i % 3]!),
    contacts: Fraction.of(2_234_608_983n, 1_000_000n),
    cost: 982_651n,
    contactRate: [Fraction.of(310_148n, 1_000_000n), Fraction.of(1n, 31n), null][i % 3]!,
    retention: [0n, -77_700n, 1_234n][i % 3]!,
    underWaterSince: [null, '2026-02-11', '2026-01-15'][i % 3]!,
  };
}

/** The same workbook with a value section: a gain, a loss, and units of which nothing is netted. */
export function withValue(model: WorkbookModel): WorkbookModel {
  const minor = [12_345n, -98_765n];
  const units = model.units.map((unit, i) => ({ ...unit, retention: minor[i] ?? 0n }));
  const credits = units.slice(0, 2).map(({ code, key }, i) => ({
    ...{ unit: code, unitKey: key, decision: 'FEE-LATE', chargePeriod: '2026-02', tier: 'A' },
    ...{ point: '150.00', netted: '130.00', credit: (Number(minor[i]) / 100).toFixed(2) },
    ...{ aboveCap: '6.55', notCredited: '0.00' },
  }));
  const interval = { point: '-400.00', low: '-700.50', high: '-100.25' };
  const effect: EffectSection = {
    effect: 'decision',
    decision: 'FEE-LATE',
    cohort: '2025-12',
    windowDays: 90,
    kind: 'band',
    customers: 512,
    notAssessable: 3,
    perCustomer: interval,
    total: interval,
    streams: null,
    falsification: interval,
    differenceBefore: '0.21',
    differenceAfter: '0.04',
    onBooks: true,
    nettable: true,
    why: [],
    postedPoint: '-400.00',
    postedNetted: '-100.25',
  };
  const service = { cost: '5000.00', recovered: '3000.00', retentionCredit: '250.10', net: '-1749.90' };
  return { ...model, units, value: { service, effects: [effect], credits } };
}

/** The master and the pack of every unit that has a statement. */
export function withPacks(master: WorkbookModel): Map<string, WorkbookModel> {
  const units = master.units.filter(({ hasStatement }) => hasStatement).map(({ code }) => code);
  return new Map([['master', master], ...units.map((code) => [code, packModel(master, code, 'v1')] as const)]);
}

export async function written(
  model: WorkbookModel,
  language: Language = 'en',
): Promise<WrittenWorkbook & { content: Buffer }> {
  const chunks: Uint8Array[] = [];
  const { bytes, sha256 } = await writeWorkbook(model, readTemplate(language), (chunk) => chunks.push(chunk));
  return { bytes, sha256, content: Buffer.concat(chunks) };
}

/** Writes workbooks into a folder. @returns their paths, in order */
export async function writtenTo(
  folder: string,
  models: Iterable<readonly [string, WorkbookModel]>,
  language?: Language,
): Promise<string[]> {
  const paths: string[] = [];
  for (const [name, model] of models) {
    const path = join(folder, `${name}.xlsx`);
    writeFileSync(path, (await written(model, language)).content);
    paths.push(path);
  }
  return paths;
}
