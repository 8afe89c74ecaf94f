import { double } from '../../model/numbers.ts';
import type { PoolView } from '../../model/workbook-model.ts';
import type { Frame } from '../../plan/frame.ts';
import { calc, text, type Sheet } from '../../plan/sheet.ts';
import { operating, PARKED } from '../keys.ts';
import { capacityRows, rateRows } from './capacity-rows.ts';
import { costRows, ownFormula } from './cost-rows.ts';
import { outcomeRows } from './outcome-rows.ts';
import type { RateRow } from './rate-row.ts';
import { splitRows } from './split-rows.ts';

interface RateSection {
  readonly key: string;
  readonly rows: readonly RateRow[];
}

export function placeRates(frame: Frame): void {
  const sheet = frame.sheet('rates');
  let row = sheet.layout.headerRow + 1;
  frame.place('rates', 'key', row);
  for (const section of sectionsOf(frame)) {
    row += 2;
    frame.place('rates', `section:${section.key}`, row);
    for (const { item } of section.rows) frame.place('rates', item, ++row);
  }
}

export function buildRates(frame: Frame): void {
  const { model } = frame;
  const sheet = frame.sheet('rates');
  frame.head(sheet);
  const header = sheet.layout.headerRow;
  const hasParked = sheet.has(PARKED);
  for (const [column, label] of [
    ['item', 'rates.column.item'],
    ['unit', 'rates.column.unit'],
    ['key', 'rates.column.key'],
  ] as const)
    sheet.put(column, header, text(frame.label(label)), 'Header');
  const keyRow = frame.rowOf('rates', 'key');
  sheet.put('item', keyRow, text(frame.label('rates.key')), 'Note');
  for (const pool of model.pools) {
    sheet.put(pool.key, header, text(pool.name), 'HeaderRight');
    sheet.put(pool.key, keyRow, text(pool.key), 'KeyRight', 'text');
  }
  if (hasParked) {
    sheet.put(PARKED, header, text(frame.label('rates.parked')), 'HeaderRight');
    sheet.put(PARKED, keyRow, text(PARKED), 'KeyRight', 'text');
  }
  sheet.put('total', header, text(frame.label('column.total')), 'HeaderRight');
  for (const section of sectionsOf(frame)) {
    frame.section(sheet, frame.rowOf('rates', `section:${section.key}`), `rates.section.${section.key}`);
    for (const row of section.rows) putRow(frame, sheet, row);
  }
  putParked(frame, sheet);
  addFlagRules(frame, sheet);
  addChart(frame, sheet);
}

function putRow(
  frame: Frame,
  sheet: Sheet,
  { item, label, unit, format, style, of, formula, result, sums }: RateRow,
): void {
  const row = frame.rowOf('rates', item);
  const isTotal = style === 'Total';
  sheet.put('item', row, text(label), isTotal ? 'LabelTotal' : 'Label');
  const units = { currency: frame.model.currency };
  const timed = operating(frame).every(({ pool }) => pool.driver === 'handle_seconds');
  const words = frame.label(`rates.unit.${unit}${timed && unit.includes('river') ? '.timed' : ''}`, units);
  sheet.put('unit', row, text(words), isTotal ? 'UnitTotal' : 'Unit');
  if (isTotal) for (const column of sheet.columns.slice(2)) sheet.put(column.key, row, text(null), 'Total');
  const own = item.split(':');
  if (own.length > 1) sheet.put('key', row, text(own[1]!), 'Key', 'text');
  for (const pool of of) {
    const content = calc(formula(sheet.col(pool.key), pool), result(pool));
    sheet.put(pool.key, row, content, style ?? 'Calc', format);
  }
  sheet.runAcross(
    of.map(({ key }) => key),
    row,
  );
  if (!sums || of.length === 0) return;
  const columns = frame.model.pools.map(({ key }) => sheet.col(key));
  const last = sheet.has(PARKED) ? sheet.col(PARKED) : columns.at(-1)!;
  const total = of.reduce((sum, pool) => sum + (result(pool) as number), 0);
  const parked = item.startsWith('own:') || item === 'own' ? frame.money(parkedOf(frame, own[1])) : 0;
  sheet.put('total', row, calc(`SUM(${columns[0]}${row}:${last}${row})`, total + parked), style ?? 'Calc', format);
}

/** Minor units of entries that are parked by name, of one currency or all. */
function parkedOf(frame: Frame, currency?: string): bigint {
  const { model } = frame;
  return model.currencies
    .filter(({ code }) => currency === undefined || code === currency)
    .reduce((sum, { code, parts }) => {
      const pools = model.pools.reduce((all, pool) => all + (pool.ownByCurrency.get(code) ?? 0n), 0n);
      return sum + parts - pools;
    }, 0n);
}

function putParked(frame: Frame, sheet: Sheet): void {
  if (!sheet.has(PARKED)) return;
  for (const { code } of frame.model.currencies) {
    const row = frame.rowOf('rates', `own:${code}`);
    const formula = ownFormula(frame, sheet.col(PARKED), code);
    sheet.put(PARKED, row, calc(formula, frame.money(parkedOf(frame, code))), 'Import');
  }
  const first = frame.rowOf('rates', `own:${frame.model.currencies[0]!.code}`);
  const row = frame.rowOf('rates', 'own');
  const column = sheet.col(PARKED);
  sheet.put(PARKED, row, calc(`SUM(${column}${first}:${column}${row - 1})`, frame.money(parkedOf(frame))), 'Subtotal');
}

function sectionsOf(frame: Frame): RateSection[] {
  const { model } = frame;
  const rated = operating(frame);
  return [
    { key: 'cost', rows: costRows(frame) },
    ...(rated.length > 0
      ? [
          { key: 'capacity', rows: capacityRows(frame, rated) },
          { key: 'rate', rows: rateRows(frame, rated) },
          { key: 'split', rows: splitRows(frame, rated) },
        ]
      : []),
    {
      key: 'outcome',
      rows: outcomeRows(
        frame,
        model.pools.filter(({ split }) => split !== 'support'),
      ),
    },
  ];
}

function addFlagRules(frame: Frame, sheet: Sheet): void {
  const rated = operating(frame);
  if (rated.length === 0) return;
  const row = frame.rowOf('rates', 'utilisation');
  const columns = [rated[0]!, rated.at(-1)!].map(({ key }) => sheet.col(key));
  const range = `${columns[0]}${row}:${columns[1]}${row}`;
  sheet.conditionals.push({ range, when: `${columns[0]}${row}>1`, style: 'bad' });
}

function addChart(frame: Frame, sheet: Sheet): void {
  const rated = operating(frame).filter(({ pool }) => pool.driver === 'handle_seconds');
  // Timed pools stand first among the columns, so that they are one range.
  if (rated.length === 0) return;
  const header = sheet.layout.headerRow;
  const columns = [rated[0]!, rated.at(-1)!].map(({ key }) => `$${sheet.col(key)}`);
  const range = (row: number) => `${sheet.range('A', 1, 1).split('!')[0]}!${columns[0]}$${row}:${columns[1]}$${row}`;
  const categories = { ref: range(header), texts: rated.map(({ name }) => name) };
  const series = (item: string, result: (pool: PoolView) => number) => ({
    name: {
      ref: sheet.cell('item', frame.rowOf('rates', item)),
      text: frame.label(`rates.${item}`),
    },
    categories,
    values: { ref: range(frame.rowOf('rates', item)), numbers: rated.map(result) },
  });
  const top = sheet.lastRow + 1;
  sheet.rowBreaks.push(frame.rowOf('rates', 'section:outcome') - 1);
  sheet.charts.push({
    template: 'stacked-capacity',
    title: frame.label('rates.chart.title'),
    alt: frame.label('rates.chart.alt'),
    format: 'axis',
    series: [
      series('within', (pool) => double(pool.result.used.minus(pool.result.overCapacity))),
      series('free', (pool) => double(pool.figures.free)),
      series('over', (pool) => double(pool.result.overCapacity)),
    ],
    at: [0, top, Math.min(sheet.columns.length, 8), top + 18],
  });
}
