import type { BridgeView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Table } from '../plan/sheet.ts';
import { BRIDGE_ITEMS, bridgeAmount } from './bridge-items.ts';

/** One bar: where it starts and ends, and its parts above and below zero once the bars' floor is taken off. */
interface Bar {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

const PARTS = ['totalUp', 'totalDown', 'riseUp', 'riseDown', 'fallUp', 'fallDown'] as const;

/**
 * The waterfall of the unit that is chosen: stacked columns over an unseen base. Bars start at a floor below the lowest
 * level, so that steps do not vanish beside the totals; it is safe when the running charge crosses zero.
 */
export function addWaterfall(frame: Frame, table: Table): void {
  const { sheet, first, last } = table;
  const total = last + 1;
  const pick = total + 2;
  const isPack = frame.model.scope === 'pack';
  const codes = sheet.local('code', first, total);
  sheet.put('unit', pick, text(frame.label('bridge.pick')), 'Label');
  const all = isPack ? frame.model.units[0]!.code : frame.label('bridge.all');
  sheet.put('code', pick, text(all), 'Input', 'text');
  sheet.validations.push({
    range: sheet.at('code', pick),
    type: 'list',
    formulae: [`=${codes}`],
    prompt: frame.label('bridge.pick.prompt'),
    error: frame.label('bridge.pick.error'),
  });
  const position = isPack ? 1 : table.count + 1;
  sheet.put('unit', pick + 1, text(frame.label('bridge.position')), 'Note');
  sheet.put('code', pick + 1, calc(`MATCH(${sheet.at('code', pick)},${codes},0)`, position), 'Calc', 'count');
  sheet.put('unit', pick + 2, text(frame.label('bridge.floor')), 'Note');
  const bars = barsOf(
    frame,
    isPack ? [...frame.model.prior!.bridges.values()].slice(0, 1) : [...frame.model.prior!.bridges.values()],
  );
  const floor = floorOf(bars.map(({ to }) => to));
  const top = first;
  const bottom = top + BRIDGE_ITEMS.length - 1;
  const levels = sheet.local('to', top, bottom);
  const range = `(MAX(${levels})-MIN(${levels}))`;
  const formula = `IF((${range}=0)+(MIN(${levels})-${range}<=0)>0,0,ROUNDDOWN(MIN(${levels})-${range},1-LEN(INT(${range}))))`;
  sheet.put('code', pick + 2, calc(formula, floor), 'Calc', 'round');
  putBars(frame, table, bars, floor, { pick, top, bottom });
  const title = putTitle(frame, table, pick, floor);
  addChart(frame, table, bars, floor, { pick, top, bottom, title });
  sheet.printTo = pick + 28;
}

function barsOf(frame: Frame, bridges: readonly BridgeView[]): Bar[] {
  let level = 0;
  return BRIDGE_ITEMS.map((item) => {
    const value = frame.money(bridges.reduce((sum, bridge) => sum + bridgeAmount(bridge, item), 0n));
    const isTotal = item === 'opening' || item === 'closing';
    const bar = isTotal ? { value, from: NaN, to: value } : { value, from: level, to: level + value };
    level = bar.to;
    return bar;
  });
}

function floorOf(levels: readonly number[]): number {
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const range = high - low;
  if (range === 0 || low - range <= 0) return 0;
  const unit = 10 ** (String(Math.floor(range)).length - 1);
  return Math.trunc((low - range) / unit) * unit;
}

function partsOf({ value, from, to }: Bar, isTotal: boolean, floor: number) {
  const [start, end] = [(isTotal ? floor : from) - floor, to - floor];
  const [low, high] = [Math.min(start, end), Math.max(start, end)];
  const barUp = Math.max(0, high) - Math.max(0, low);
  const barDown = Math.min(0, low) - Math.min(0, high);
  const kind = isTotal ? 'total' : value >= 0 ? 'rise' : 'fall';
  const parts = Object.fromEntries(
    PARTS.map((part) => [part, part.startsWith(kind) ? (part.endsWith('Up') ? barUp : barDown) : 0]),
  );
  return { barUp, barDown, baseUp: Math.max(0, low), baseDown: Math.min(0, high), ...parts } as Record<string, number>;
}

function putBars(
  frame: Frame,
  table: Table,
  bars: readonly Bar[],
  floor: number,
  { pick, top, bottom }: { pick: number; top: number; bottom: number },
): void {
  const { sheet, first, last } = table;
  const position = `$${sheet.col('code')}$${pick + 1}`;
  const floorCell = `$${sheet.col('code')}$${pick + 2}`;
  const figures = sheet.local('opening', first, last + 1, 'closing');
  bars.forEach((bar, i) => {
    const row = top + i;
    const at = (column: string) => sheet.at(column, row);
    const put = (column: string, formula: string, result: number | string) =>
      sheet.put(column, row, calc(formula, result), 'Calc');
    const isTotal = i === 0 || i === bars.length - 1;
    const item = BRIDGE_ITEMS[i]!;
    sheet.put('no', row, number(i + 1), 'Key');
    sheet.put('flag', row, number(isTotal ? 1 : 0), 'Key');
    put('value', `INDEX(${figures},${position},${at('no')})`, bar.value);
    const header = `${sheet.col(item)}$${sheet.layout.headerRow}`;
    const figure = `IF(${at('value')}<0,"("&FIXED(ABS(${at('value')}),0)&")",FIXED(${at('value')},0))`;
    put('label', `${header}&CHAR(10)&${figure}`, `${frame.label(`bridge.column.${item}`)}\n${fixed(bar.value)}`);
    if (isTotal) put('from', floorCell, floor);
    else put('from', `${sheet.col('to')}${row - 1}`, bar.from);
    put('to', isTotal ? at('value') : `${at('from')}+${at('value')}`, bar.to);
    const parts = partsOf(bar, isTotal, floor);
    const [low, high] = ['MIN', 'MAX'].map((of) => `${of}(${at('from')},${at('to')})-${floorCell}`);
    put('barUp', `MAX(0,${high})-MAX(0,${low})`, parts['barUp']!);
    put('barDown', `MIN(0,${low})-MIN(0,${high})`, parts['barDown']!);
    put('baseUp', `MAX(0,${low})`, parts['baseUp']!);
    put('baseDown', `MIN(0,${high})`, parts['baseDown']!);
    const isRise = `(1-${at('flag')})*(${at('value')}>=0)`;
    const isFall = `(1-${at('flag')})*(${at('value')}<0)`;
    put('totalUp', `${at('flag')}*${at('barUp')}`, parts['totalUp']!);
    put('totalDown', `${at('flag')}*${at('barDown')}`, parts['totalDown']!);
    put('riseUp', `${isRise}*${at('barUp')}`, parts['riseUp']!);
    put('riseDown', `${isRise}*${at('barDown')}`, parts['riseDown']!);
    put('fallUp', `${isFall}*${at('barUp')}`, parts['fallUp']!);
    put('fallDown', `${isFall}*${at('barDown')}`, parts['fallDown']!);
  });
  sheet.run('from', top + 1, bottom - 1);
  for (const column of ['value', 'barUp', 'barDown', 'baseUp', 'baseDown', ...PARTS]) sheet.run(column, top, bottom);
}

/** As FIXED(value, 0) shows it, with brackets for what is negative. */
function fixed(value: number): string {
  const whole = Math.round(Math.abs(value))
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
  return value < 0 ? `(${whole})` : whole;
}

function putTitle(frame: Frame, table: Table, pick: number, floor: number): number {
  const { sheet, first, last } = table;
  const names = sheet.local('unit', first, last + 1);
  const position = `$${sheet.col('code')}$${pick + 1}`;
  const floorCell = `$${sheet.col('code')}$${pick + 2}`;
  // Words of the title stand beside the bars' helpers, outside the print area.
  const words = first + BRIDGE_ITEMS.length + 1;
  sheet.put('label', words, text(frame.label('bridge.chart.title')), 'Note');
  sheet.put('label', words + 1, text(frame.label('bridge.chart.floor')), 'Note');
  const [title, starts] = [0, 1].map((i) => `$${sheet.col('label')}$${words + i}`);
  const isPack = frame.model.scope === 'pack';
  const name = isPack ? frame.model.units[0]!.name : frame.label('summary.all');
  const start = floor === 0 ? '' : `, ${frame.label('bridge.chart.floor')} ${fixed(floor)}`;
  const formula = `${title}&": "&INDEX(${names},${position})&IF(${floorCell}=0,"",", "&${starts}&" "&FIXED(${floorCell},0))`;
  sheet.put('label', words + 2, calc(formula, `${frame.label('bridge.chart.title')}: ${name}${start}`), 'Word');
  return words + 2;
}

function addChart(
  frame: Frame,
  table: Table,
  bars: readonly Bar[],
  floor: number,
  { pick, top, bottom, title: titleRow }: { pick: number; top: number; bottom: number; title: number },
): void {
  const { sheet } = table;
  const categories = {
    ref: sheet.range('label', top, bottom),
    texts: BRIDGE_ITEMS.map((item, i) => `${frame.label(`bridge.column.${item}`)}\n${fixed(bars[i]!.value)}`),
  };
  const parts = bars.map((bar, i) => partsOf(bar, i === 0 || i === bars.length - 1, floor));
  const series = ['baseUp', 'baseDown', ...PARTS].map((part) => ({
    name: { ref: sheet.cell(part, sheet.layout.headerRow), text: frame.label(`bridge.column.${part}`) },
    categories,
    values: { ref: sheet.range(part, top, bottom), numbers: parts.map((bar) => bar[part]!) },
  }));
  const title = sheet.get('label', titleRow)!.content as { result: string };
  sheet.charts.push({
    template: 'waterfall',
    title: title.result,
    titleRef: sheet.cell('label', titleRow),
    alt: frame.label('bridge.chart.alt'),
    format: 'axis',
    series,
    at: [0, pick + 3, 12, pick + 27],
  });
}
