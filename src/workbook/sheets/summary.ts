import { Fraction } from '../../domain/fraction.ts';
import { netAmount } from '../../domain/retention/netting.ts';
import { double } from '../model/numbers.ts';
import type { LineView, UnitView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Content } from '../plan/sheet.ts';
import { adjustmentOf, operating } from './keys.ts';

interface KeyFigure {
  readonly item: string;
  readonly content: Content;
  readonly format: string;
}

/** What finance needs first: the tie-out in one column, then every unit. */
export function buildSummary(frame: Frame): void {
  const { model } = frame;
  const table = frame.table('summary');
  const { sheet } = table;
  frame.head(sheet);
  const top = 7;
  frame.section(sheet, top - 1, 'summary.keyFigures');
  if (model.scope === 'master') {
    putFigures(frame, top, 'unit', 'charge', tieOut(frame));
    putFigures(frame, top, 'share', 'net', capacityFigures(frame));
  } else putFigures(frame, top, 'unit', 'charge', packFigures(frame));
  frame.section(sheet, table.first - 2, 'summary.units');
  frame.headers(sheet);
  model.units.forEach((unit, i) => putUnit(frame, unit, table.first + i));
  putTotal(frame, table.last + 1);
  for (const column of ['share', ...(model.prior ? ['change', 'changeShare'] : [])])
    sheet.run(column, table.first, table.last);
  addChart(frame);
  sheet.printTo = table.last + 4 + chartRows(model.units.length);
}

function putFigures(frame: Frame, top: number, label: string, value: string, figures: readonly KeyFigure[]): void {
  const sheet = frame.sheet('summary');
  figures.forEach(({ item, content, format }, i) => {
    const isTotal = item === 'difference';
    sheet.put(label, top + i, text(frame.label(`summary.${item}`)), isTotal ? 'CaptionSubtotal' : 'Caption');
    if (isTotal) sheet.put('contacts', top + i, text(null), 'Subtotal');
    sheet.put(value, top + i, content, isTotal ? 'Subtotal' : 'Import', format);
  });
}

function tieOut(frame: Frame): KeyFigure[] {
  const { reconciliation: r } = frame.model;
  const sheet = frame.sheet('reconciliation');
  const link = (item: string, amount: bigint, format = 'money', column = 'result'): KeyFigure => ({
    item,
    content: calc(sheet.cell(column, frame.rowOf('reconciliation', item)), frame.money(amount)),
    format,
  });
  return [
    link('ledger', r.ledger, 'money', 'ledger'),
    link('charged', r.charged),
    link('serviceVariances', r.serviceVariances),
    link('unusedCapacity', r.unusedCapacity),
    link('unattributed', r.unattributed),
    link('withheld', r.withheld),
    link('parked', r.parked),
    link('conversion', r.conversion),
    link('difference', r.difference, 'moneyZero', 'difference'),
  ];
}

function capacityFigures(frame: Frame): KeyFigure[] {
  const { model } = frame;
  const { coverage } = model;
  const assumptions = frame.sheet('assumptions');
  const share = (parts: Fraction) => (coverage.parts === 0n ? 0 : double(parts.over(coverage.parts)));
  const timed = operating(frame).filter(({ pool }) => pool.driver === 'handle_seconds');
  const figures: KeyFigure[] = [
    {
      item: 'contacts',
      content: calc(assumptions.cell('c', frame.rowOf('assumptions', 'contacts')), double(model.contacts)),
      format: 'contacts',
    },
  ];
  if (timed.length > 0) {
    const rates = frame.sheet('rates');
    const across = (item: string) => {
      const row = frame.rowOf('rates', item);
      return rates.range(timed[0]!.key, row, row, timed.at(-1)!.key);
    };
    const sum = (of: (pool: (typeof timed)[number]) => Fraction) =>
      timed.reduce((all, pool) => all.plus(of(pool)), Fraction.ZERO);
    const practical = sum(({ result }) => result.practical);
    const used = sum(({ result }) => result.used);
    figures.push({
      item: 'utilisation',
      content: calc(
        `IF(SUM(${across('practical')})=0,0,SUM(${across('used')})/SUM(${across('practical')}))`,
        practical.isZero ? 0 : double(used.over(practical)),
      ),
      format: 'percent',
    });
  }
  const byUnits = model.volumes
    .filter(({ unitKey, poolKey }) => unitKey !== null && frame.pool(poolKey).pool.layer === 'handling')
    .reduce((sum, volume) => sum.plus(volume.attributed), Fraction.ZERO);
  const owned = share(byUnits.times(720_720n));
  const lines = frame.table('lines');
  figures.push({
    item: 'attributed',
    content: calc(
      `IF(${assumptions.cell('c', frame.rowOf('assumptions', 'contacts'))}=0,0,SUMIFS(${lines.range('contacts')},${lines.range('handling')},1)/${assumptions.cell('c', frame.rowOf('assumptions', 'contacts'))})`,
      owned,
    ),
    format: 'percent',
  });
  return figures;
}

function packFigures(frame: Frame): KeyFigure[] {
  const unit = frame.statedUnits[0]!;
  const sheet = frame.sheet(`statement:${unit.key}`);
  const of = (item: string, column: string, format: string): KeyFigure => {
    const row = frame.rowOf(sheet.key, item);
    const result = (sheet.get(column, row)!.content as { result?: number; number?: number }).result ?? 0;
    return { item: `pack.${item}.${column}`, content: calc(sheet.cell(column, row), result), format };
  };
  return [
    of('total', 'contacts', 'contacts'),
    of('total', 'charge', 'money'),
    ...(frame.model.prior ? [of('total', 'last', 'money'), of('total', 'change', 'money')] : []),
    of('net', 'charge', 'money'),
  ];
}

function unitSums(frame: Frame, unit: UnitView) {
  const own = frame.model.lines.filter(({ unitKey }) => unitKey === unit.key);
  const amount = (lines: readonly LineView[]) => lines.reduce((sum, { line }) => sum + line.amount, 0n);
  const charged = own.filter(({ line }) => line.treatment === 'charged');
  const handled = charged
    .filter(({ poolKey }) => frame.pool(poolKey).pool.layer === 'handling')
    .reduce((sum, { contacts }) => sum.plus(contacts), Fraction.ZERO);
  const last = (frame.model.prior?.lines ?? [])
    .filter(({ unitKey }) => unitKey === unit.key)
    .reduce((sum, line) => sum + line.amount, 0n);
  return { handled, charge: amount(charged), withheld: amount(own) - amount(charged), last };
}

function putUnit(frame: Frame, unit: UnitView, row: number): void {
  const { sheet, last: lastRow } = frame.table('summary');
  const at = (column: string) => sheet.at(column, row);
  const sums = unitSums(frame, unit);
  const total = frame.model.units.reduce((sum, other) => sum + unitSums(frame, other).charge, 0n);
  const statement = unit.hasStatement ? frame.sheet(`statement:${unit.key}`) : undefined;
  if (statement) {
    const tip = frame.label('link.tip', { sheet: statement.name });
    const link = { kind: 'link', text: unit.name, sheet: statement.name, cell: 'A1', tip } as const;
    sheet.put('unit', row, link, 'Link');
  } else sheet.put('unit', row, text(frame.label('summary.ended', { unit: unit.name })), 'Label');
  sheet.put('unitKey', row, text(unit.key), 'Key');
  const from = (column: string, item: string, result: number): Content =>
    statement ? calc(statement.cell(column, frame.rowOf(statement.key, item)), result) : number(result);
  const style = statement ? 'Import' : 'Posted';
  sheet.put('contacts', row, from('contacts', 'total', double(sums.handled)), style);
  sheet.put('charge', row, from('charge', 'total', frame.money(sums.charge)), style);
  sheet.put('withheld', row, from('withheld', 'total', frame.money(sums.withheld)), style);
  sheet.put('retention', row, from('charge', 'retention', frame.money(unit.retention)), style);
  sheet.put(
    'net',
    row,
    from('charge', 'net', frame.money(netAmount(sums.charge, unit.retention, adjustmentOf(frame, unit)))),
    style,
  );
  const lines = frame.table('lines');
  const fromLines = `SUMIFS(${lines.range('amount')},${lines.range('unitKey')},${at('unitKey')},${lines.range('charged')},1)`;
  sheet.put('fromLines', row, calc(fromLines, frame.money(sums.charge)), 'Import');
  sheet.put('fromDecisions', row, from('charge', 'decisions', frame.money(sums.charge)), style);
  const shareResult = total === 0n ? 0 : double(Fraction.of(sums.charge, total));
  const totalCell = `${sheet.col('charge')}$${lastRow + 1}`;
  sheet.put('share', row, calc(`IF(${totalCell}=0,0,${at('charge')}/${totalCell})`, shareResult), 'Calc');
  if (!frame.model.prior) return;
  const prior = frame.table('prior');
  const lastFormula = statement
    ? statement.cell('last', frame.rowOf(statement.key, 'total'))
    : `SUMIFS(${prior.range('amount')},${prior.range('unitKey')},${at('unitKey')})`;
  sheet.put('last', row, calc(lastFormula, frame.money(sums.last)), 'Import');
  putChange(frame, row, sums.charge, sums.last, 'Calc');
}

function putChange(frame: Frame, row: number, now: bigint, before: bigint, style: string): void {
  const { sheet } = frame.table('summary');
  const at = (column: string) => sheet.at(column, row);
  sheet.put('change', row, calc(`${at('charge')}-${at('last')}`, frame.money(now - before)), style);
  const share = before === 0n ? 0 : double(Fraction.of(now - before, before));
  sheet.put('changeShare', row, calc(`IF(${at('last')}=0,0,${at('change')}/${at('last')})`, share), style);
}

function putTotal(frame: Frame, row: number): void {
  const { sheet, first, last } = frame.table('summary');
  const all = frame.model.units.map((unit) => unitSums(frame, unit));
  const amount = (of: (sums: (typeof all)[number]) => bigint) => all.reduce((sum, unit) => sum + of(unit), 0n);
  const handled = all.reduce((sum, unit) => sum.plus(unit.handled), Fraction.ZERO);
  const charge = amount((unit) => unit.charge);
  const put = (column: string, result: number) =>
    sheet.put(column, row, calc(`SUM(${sheet.at(column, first)}:${sheet.at(column, last)})`, result), 'Total');
  sheet.put('unit', row, text(frame.label('summary.all')), 'LabelTotal');
  put('contacts', double(handled));
  put('charge', frame.money(charge));
  put('share', charge === 0n ? 0 : 1);
  put('withheld', frame.money(amount((unit) => unit.withheld)));
  const retention = frame.model.units.reduce((sum, unit) => sum + unit.retention, 0n);
  put('retention', frame.money(retention));
  const beside = frame.model.units.reduce((sum, unit) => sum + adjustmentOf(frame, unit), 0n);
  put('net', frame.money(netAmount(charge, retention, beside)));
  frame.place('summary', 'total', row);
  if (!frame.model.prior) return;
  put('last', frame.money(amount((unit) => unit.last)));
  putChange(
    frame,
    row,
    charge,
    amount((unit) => unit.last),
    'Total',
  );
}

function chartRows(units: number): number {
  return Math.min(40, Math.max(12, units * 2 + 5));
}

function addChart(frame: Frame): void {
  const { model } = frame;
  const { sheet, first, last } = frame.table('summary');
  const header = sheet.layout.headerRow;
  const categories = { ref: sheet.range('unit', first, last), texts: model.units.map(({ name }) => name) };
  const series = (column: 'charge' | 'last') => ({
    name: { ref: sheet.cell(column, header), text: frame.label(`summary.column.${column}`) },
    categories,
    values: {
      ref: sheet.range(column, first, last),
      numbers: model.units.map((unit) => frame.money(unitSums(frame, unit)[column])),
    },
  });
  const shown = sheet.columns.filter(({ helper }) => !helper).length;
  sheet.charts.push({
    template: model.prior ? 'bar-compare' : 'bar-one',
    title: frame.label('summary.chart.title', { currency: model.currency }),
    alt: frame.label('summary.chart.alt'),
    format: 'axis',
    series: model.prior ? [series('charge'), series('last')] : [series('charge')],
    at: [0, last + 2, shown, last + 2 + chartRows(model.units.length)],
  });
}
