import type { Fraction } from '../../domain/fraction.ts';
import { double, majorDouble } from '../model/numbers.ts';
import type { PoolView, UnitView, WorkbookModel } from '../model/workbook-model.ts';
import { calc, Sheet, Table, text } from './sheet.ts';
import type { ColumnLayout, Template } from './template.ts';
import { cellText, SheetNames } from './text.ts';

/** Rows above the column headers: title, subtitle, sign rule, master check. */
export const STATUS_ROW = 4;

/** A workbook in the making: its sheets, where their tables stand, and the names of single cells. */
export class Frame {
  readonly sheets = new Map<string, Sheet>();
  readonly tables = new Map<string, Table>();
  /** rows of items that other sheets point to, by sheet and item */
  private readonly items = new Map<string, number>();
  readonly names = new Map<string, string>();
  /** names of ranges: the packer writes them, the spreadsheet library would keep an object for each cell */
  readonly ranges = new Map<string, string>();
  readonly features: ReadonlySet<string>;
  private readonly sheetNames = new SheetNames();

  constructor(
    readonly model: WorkbookModel,
    readonly template: Template,
  ) {
    this.features = featuresOf(model);
  }

  label(key: string, values?: Readonly<Record<string, string>>): string {
    return this.template.label(key, values);
  }

  addSheet(
    key: string,
    name = this.label(`sheet.${key}`),
    more: readonly ColumnLayout[] = [],
    layoutKey = key.split(':')[0]!,
  ): Sheet {
    const layout = this.template.sheets[layoutKey];
    if (layout === undefined) throw new Error(`the layout has no sheet "${key}"`);
    const columns = layout.columns.flatMap((column) => (column.key === '*' ? more : [column]));
    const sheet = new Sheet(key, this.sheetNames.take(name), { ...layout, columns }, this.features);
    this.sheets.set(key, sheet);
    return sheet;
  }

  sheet(key: string): Sheet {
    const sheet = this.sheets.get(key);
    if (sheet === undefined) throw new Error(`the workbook has no sheet "${key}"`);
    return sheet;
  }

  addTable(key: string, sheet: Sheet, first: number, count: number): Table {
    const table = new Table(sheet, first, count);
    this.tables.set(key, table);
    return table;
  }

  table(key: string): Table {
    const table = this.tables.get(key);
    if (table === undefined) throw new Error(`the workbook has no table "${key}"`);
    return table;
  }

  /** Remembers the row of an item, so that other sheets can point to it. */
  place(sheet: string, item: string, row: number): void {
    this.items.set(`${sheet}\u0000${item}`, row);
  }

  rowOf(sheet: string, item: string): number {
    const row = this.items.get(`${sheet}\u0000${item}`);
    if (row === undefined) throw new Error(`sheet "${sheet}" has no item "${item}"`);
    return row;
  }

  hasItem(sheet: string, item: string): boolean {
    return this.items.has(`${sheet}\u0000${item}`);
  }

  name(name: string, reference: string): void {
    this.names.set(name, reference);
  }

  money(minor: bigint): number {
    return majorDouble(minor, this.model.digits);
  }

  /** Exact minor units as the double of major units. */
  exactMoney(minor: Fraction): number {
    return double(minor.over(10n ** BigInt(this.model.digits)));
  }

  pool(key: string): PoolView {
    return this.model.pools.find((pool) => pool.key === key)!;
  }

  unit(key: string): UnitView {
    return this.model.units.find((unit) => unit.key === key)!;
  }

  /** Units with a statement, in the order of their keys. */
  get statedUnits(): readonly UnitView[] {
    return this.model.units.filter(({ hasStatement }) => hasStatement);
  }

  /** Title, subtitle, sign rule and master check: the same on every sheet. */
  head(sheet: Sheet, title?: string): void {
    const { company, period, currency, run } = this.model;
    const key = sheet.key.split(':')[0]!;
    const standing = this.label(run.state === 'closed' ? 'standing.issued' : 'standing.preliminary');
    sheet.put('A', 1, text(title ?? this.label(`${key}.title`)), 'Title');
    const purpose = this.label(`${key}.purpose`);
    sheet.put('A', 2, text([company, periodText(period), currency, standing, purpose].join('  |  ')), 'Subtitle');
    sheet.put('A', 3, text(this.label(`${key}.sign`)), 'Sign');
    sheet.put('A', STATUS_ROW, calc('MasterStatus', this.label('checks.ok')), 'Status');
  }

  /** Column headers from the labels `<sheet>.column.<key>`. */
  headers(sheet: Sheet, row = sheet.layout.headerRow, prefix = sheet.key.split(':')[0]!): void {
    for (const column of sheet.columns) {
      const words = this.label(`${prefix}.column.${column.key}`, { currency: this.model.currency });
      sheet.put(column.key, row, text(words), isRight(column) ? 'HeaderRight' : 'Header');
    }
  }

  section(sheet: Sheet, row: number, key: string, values?: Readonly<Record<string, string>>): void {
    sheet.put('A', row, text(this.label(key, values)), 'Section');
  }
}

export function isRight(column: ColumnLayout): boolean {
  return column.align === 'right' || (column.align !== 'left' && column.format !== undefined);
}

/** A period in words that no locale changes: 2026-03. */
export function periodText(period: string): string {
  return cellText(period);
}

function featuresOf(model: WorkbookModel): Set<string> {
  const features = new Set<string>([model.scope]);
  if (model.prior) features.add('prior');
  if (model.support && model.support.method !== 'reciprocal') features.add('byDrivers');
  if (model.profits) features.add('profits');
  if (model.value) features.add('value');
  if (model.drillDown) features.add('drillDown');
  if (model.lines.some(({ line }) => line.treatment !== 'charged')) features.add('withheld');
  return features;
}
