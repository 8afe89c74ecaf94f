import { Fraction } from '../../domain/fraction.ts';
import { netAmount } from '../../domain/retention/netting.ts';
import { double } from '../model/numbers.ts';
import type { LineView, UnitView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Sheet } from '../plan/sheet.ts';
import { besideFormula } from './bridge.ts';
import { adjustmentOf, KIND_NO, NO_DECISION, operating, PARKED, priorKind } from './keys.ts';
import { CREDIT_COLUMN } from './value.ts';

/** Row of the unit's code and key, above the column headers. */
const CODE_ROW = 5;

interface ServiceRow {
  readonly poolKey: string;
  readonly kind: LineView['line']['kind'];
  readonly label: string;
}

/** What one unit owes and why: service lines, from gross to net, what moved it, its decisions, acceptance. */
export function buildStatement(frame: Frame, unit: UnitView): void {
  const sheet = frame.sheet(`statement:${unit.key}`);
  frame.head(sheet, frame.label('statement.title', { unit: unit.name }));
  putCodes(frame, sheet, unit);
  frame.headers(sheet);
  const services = serviceRows(frame, unit);
  const first = sheet.layout.headerRow + 1;
  services.forEach((service, i) => putService(frame, sheet, unit, service, first + i));
  const timed = services.filter(({ kind }) => kind === 'contacts').length;
  declareRuns(sheet, first, first + timed - 1, first + services.length - 1);
  const totalRow = first + Math.max(services.length, 1);
  putTotal(frame, sheet, unit, first, totalRow, 'statement.total', true);
  frame.place(sheet.key, 'total', totalRow);
  let row = putNet(frame, sheet, unit, totalRow);
  if (frame.model.prior) row = putBridge(frame, sheet, unit, row + 2);
  row = putDecisions(frame, sheet, unit, row + 2);
  addBarChart(frame, sheet, first, services, unit, row + 1);
  putAcceptance(frame, sheet, row + 2);
  addRules(frame, sheet, first, totalRow);
  sheet.printTo = row + 20;
}

function putCodes(frame: Frame, sheet: Sheet, unit: UnitView): void {
  sheet.put('line', CODE_ROW, text(frame.label('statement.code', { code: unit.code })), 'Label');
  sheet.put('contacts', CODE_ROW, text(frame.label('statement.costCenter')), 'Unit');
  sheet.put('quantity', CODE_ROW, text(unit.costCenter ?? frame.label('statement.noCostCenter')), 'Label', 'text');
  sheet.put('charge', CODE_ROW, text(frame.label('statement.legalEntity')), 'Unit');
  sheet.put(frame.model.prior ? 'last' : 'withheld', CODE_ROW, text(unit.legalEntity), 'Label', 'text');
  sheet.put('poolKey', CODE_ROW, text(unit.key), 'Key');
}

/** Operating pools always; other kinds and pools that are gone where the unit has such lines. */
function serviceRows(frame: Frame, unit: UnitView): ServiceRow[] {
  const rows = new Map<string, ServiceRow>();
  const add = (poolKey: string, kind: ServiceRow['kind'], label: string) => {
    const key = `${KIND_NO[kind]}${poolKey}`;
    if (!rows.has(key)) rows.set(key, { poolKey, kind, label });
  };
  const named = (poolKey: string, kind: ServiceRow['kind']) => {
    const pool = frame.pool(poolKey).name;
    return kind === 'contacts' ? pool : frame.label(`statement.kind.${kind}`, { pool });
  };
  for (const pool of operating(frame)) add(pool.key, 'contacts', pool.name);
  const own = frame.model.lines.filter(({ unitKey }) => unitKey === unit.key);
  for (const { poolKey, line } of own) add(poolKey, line.kind, named(poolKey, line.kind));
  for (const prior of frame.model.prior?.lines ?? []) {
    if (prior.unitKey !== unit.key) continue;
    const kind = priorKind(frame, prior);
    if (prior.poolKey === null) add(PARKED, kind, frame.label('statement.gone'));
    else add(prior.poolKey, kind, named(prior.poolKey, kind));
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

type Filter = (line: { poolKey: string | null; kind: ServiceRow['kind']; decisionKey: string | null }) => boolean;

/** Sums of the unit's lines now and before, as the formulas of a row will find them. */
function sumsOf(frame: Frame, unit: UnitView, filter: Filter) {
  const own = frame.model.lines.filter(
    ({ unitKey, poolKey, line, decisionKey }) =>
      unitKey === unit.key && filter({ poolKey, kind: line.kind, decisionKey }),
  );
  const prior = (frame.model.prior?.lines ?? []).filter(
    (line) =>
      line.unitKey === unit.key &&
      filter({ poolKey: line.poolKey ?? PARKED, kind: priorKind(frame, line), decisionKey: line.decisionKey }),
  );
  const charged = own.filter(({ line }) => line.treatment === 'charged');
  const amount = (lines: readonly LineView[]) => lines.reduce((sum, { line }) => sum + line.amount, 0n);
  const total = (of: (line: LineView) => Fraction) => charged.reduce((sum, line) => sum.plus(of(line)), Fraction.ZERO);
  return {
    contacts: total(({ contacts }) => contacts),
    handled: total((line) => (frame.pool(line.poolKey).pool.layer === 'handling' ? line.contacts : Fraction.ZERO)),
    quantity: total((line) => (frame.pool(line.poolKey).pricedBy === 'standard' ? line.standard : line.used)),
    charge: amount(charged),
    withheld: amount(own) - amount(charged),
    last: prior.reduce((sum, line) => sum + line.amount, 0n),
  };
}

function sumifs(table: { range(column: string): string }, column: string, ...criteria: string[]): string {
  const pairs = criteria.map((part, i) => (i % 2 === 0 ? table.range(part) : part));
  return `SUMIFS(${[table.range(column), ...pairs].join(',')})`;
}

function putService(frame: Frame, sheet: Sheet, unit: UnitView, service: ServiceRow, row: number): void {
  const at = (column: string) => sheet.at(column, row);
  const key = `$${sheet.col('poolKey')}$${CODE_ROW}`;
  const lines = frame.table('lines');
  const of = (column: string, charged = 1) =>
    sumifs(
      lines,
      column,
      ...['unitKey', key, 'poolKey', at('poolKey'), 'kindNo', at('kindNo'), 'charged', String(charged)],
    );
  const pool = service.poolKey === PARKED ? undefined : frame.pool(service.poolKey);
  const sums = sumsOf(frame, unit, ({ poolKey, kind }) => poolKey === service.poolKey && kind === service.kind);
  const timed = service.kind === 'contacts';
  const shownPer = pool?.shownPer ?? 1;
  sheet.put('line', row, text(service.label), 'Label');
  const unitWord = timed ? frame.label(shownPer === 60 ? 'unit.minutes' : 'unit.contacts') : frame.model.currency;
  sheet.put('unit', row, text(unitWord), 'Unit');
  sheet.put('poolKey', row, text(service.poolKey), 'Key');
  sheet.put('kindNo', row, number(KIND_NO[service.kind]), 'Key');
  sheet.put('handling', row, number(pool?.pool.layer === 'handling' ? 1 : 0), 'Key');
  sheet.put('shownPer', row, number(shownPer), 'Key');
  if (timed && pool) {
    sheet.put('contacts', row, calc(of('contacts'), double(sums.contacts)), 'Import');
    const quantity = `${of('quantity')}/${at('shownPer')}`;
    sheet.put('quantity', row, calc(quantity, double(sums.quantity.over(BigInt(shownPer)))), 'Import');
    const rate = frame.exactMoney(pool.result.chargeRate.times(BigInt(shownPer)));
    sheet.put('rate', row, calc(publishedRate(frame, at('poolKey')), rate), 'Import');
  }
  sheet.put('charge', row, calc(of('amount'), frame.money(sums.charge)), 'Import');
  sheet.put('withheld', row, calc(`${of('amount', 0)}+${of('amount', 2)}`, frame.money(sums.withheld)), 'Import');
  if (frame.model.prior) {
    const last = sumifs(
      frame.table('prior'),
      'amount',
      ...['unitKey', key, 'poolKey', at('poolKey'), 'kindNo', at('kindNo')],
    );
    sheet.put('last', row, calc(last, frame.money(sums.last)), 'Import');
    putChange(frame, sheet, row, sums.charge, sums.last, 'Calc');
  }
  putSource(frame, sheet, row, service);
}

function publishedRate(frame: Frame, key: string): string {
  if (frame.model.scope === 'pack') {
    const rates = frame.table('packRates');
    return `SUMIFS(${rates.range('published')},${rates.range('poolKey')},${key})`;
  }
  const rates = frame.sheet('rates');
  const across = (row: number) => rates.range('A', row, row, rates.columns.at(-2)!.key);
  const published = across(frame.rowOf('rates', 'published'));
  return `SUMIFS(${published},${across(frame.rowOf('rates', 'key'))},${key})`;
}

/** Where the figure comes from, one click away. */
function putSource(frame: Frame, sheet: Sheet, row: number, service: ServiceRow): void {
  const isPack = frame.model.scope === 'pack';
  const pool = service.poolKey === PARKED ? undefined : frame.pool(service.poolKey);
  const target =
    service.kind === 'contacts' || pool === undefined
      ? { sheet: 'lines', cell: `A${frame.table('lines').first}` }
      : isPack
        ? { sheet: 'lines', cell: `A${frame.table('lines').first}` }
        : service.kind === 'direct'
          ? { sheet: 'rates', cell: frame.sheet('rates').at(pool.key, frame.rowOf('rates', 'cost')) }
          : { sheet: 'allocation', cell: `A${frame.table('allocation').first}` };
  const { name } = frame.sheet(target.sheet);
  const tip = frame.label('link.tip', { sheet: name });
  sheet.put('source', row, { kind: 'link', text: name, sheet: name, cell: target.cell, tip }, 'Link');
}

function putChange(frame: Frame, sheet: Sheet, row: number, now: bigint, before: bigint, style: string): void {
  const at = (column: string) => sheet.at(column, row);
  sheet.put('change', row, calc(`${at('charge')}-${at('last')}`, frame.money(now - before)), style);
  const share = before === 0n ? 0 : double(Fraction.of(now - before, before));
  sheet.put('changeShare', row, calc(`IF(${at('last')}=0,0,${at('change')}/${at('last')})`, share), style);
}

/** Sums a block of rows; contacts of other layers handle the same contacts again and are left out. */
function putTotal(
  frame: Frame,
  sheet: Sheet,
  unit: UnitView,
  first: number,
  row: number,
  label: string,
  byLayer: boolean,
): void {
  const sums = sumsOf(frame, unit, () => true);
  const last = row - 1;
  const sum = (column: string) => `SUM(${sheet.at(column, first)}:${sheet.at(column, last)})`;
  for (const column of ['unit', 'quantity', 'rate', 'source'])
    if (sheet.has(column)) sheet.put(column, row, text(null), 'Total');
  sheet.put('line', row, text(frame.label(label)), 'LabelTotal');
  sheet.put('unit', row, text(frame.model.currency), 'UnitTotal');
  const handling = `SUMIFS(${sheet.at('contacts', first)}:${sheet.at('contacts', last)},${sheet.at('handling', first)}:${sheet.at('handling', last)},1)`;
  sheet.put('contacts', row, calc(byLayer ? handling : sum('contacts'), double(sums.handled)), 'Total');
  sheet.put('charge', row, calc(sum('charge'), frame.money(sums.charge)), 'Total');
  sheet.put('withheld', row, calc(sum('withheld'), frame.money(sums.withheld)), 'Total');
  if (!frame.model.prior) return;
  sheet.put('last', row, calc(sum('last'), frame.money(sums.last)), 'Total');
  putChange(frame, sheet, row, sums.charge, sums.last, 'Total');
}

/** Gross charge, retention credit, adjustments, net: only gross and adjustments are posted to the journal. */
function putNet(frame: Frame, sheet: Sheet, unit: UnitView, totalRow: number): number {
  const beside = adjustmentOf(frame, unit);
  const rows = ['retention', 'adjustments'] as const;
  rows.forEach((item, i) => {
    const row = totalRow + 1 + i;
    sheet.put('line', row, text(frame.label(`statement.${item}`)), 'Label');
    sheet.put('unit', row, text(frame.model.currency), 'Unit');
    const key = `$${sheet.col('poolKey')}$${CODE_ROW}`;
    const credits = frame.tables.get('credits');
    if (item === 'retention' && credits) {
      const formula = `SUMIFS(${credits.range(CREDIT_COLUMN)},${credits.range('unitKey')},${key})`;
      sheet.put('charge', row, calc(formula, frame.money(unit.retention)), 'Import');
    } else if (item === 'adjustments' && frame.tables.has('adjustments'))
      sheet.put('charge', row, calc(besideFormula(frame, key), frame.money(beside)), 'Import');
    else sheet.put('charge', row, number(0), 'Posted');
    frame.place(sheet.key, item, row);
  });
  const net = totalRow + rows.length + 1;
  const at = (row: number) => sheet.at('charge', row);
  sheet.put('line', net, text(frame.label('statement.net')), 'LabelTotal');
  sheet.put('unit', net, text(frame.model.currency), 'UnitTotal');
  for (const column of ['contacts', 'quantity', 'rate']) sheet.put(column, net, text(null), 'Total');
  const formula = `${at(totalRow)}-${at(totalRow + 1)}+${at(totalRow + 2)}`;
  const result = frame.money(netAmount(sumsOf(frame, unit, () => true).charge, unit.retention, beside));
  sheet.put('charge', net, calc(formula, result), 'Total');
  frame.place(sheet.key, 'net', net);
  return net;
}

function putBridge(frame: Frame, sheet: Sheet, unit: UnitView, start: number): number {
  const bridge = frame.model.prior!.bridges.get(unit.key)!;
  const table = frame.table('bridge');
  const key = `$${sheet.col('poolKey')}$${CODE_ROW}`;
  frame.section(sheet, start, 'statement.bridge');
  const items = ['opening', 'volume', 'mix', 'handle_time', 'rate', 'decisions', 'corrections', 'restated', 'closing'];
  items.forEach((item, i) => {
    const row = start + 1 + i;
    const isEnd = item === 'opening' || item === 'closing';
    const amount = isEnd ? bridge[item] : bridge.steps[item as keyof typeof bridge.steps];
    sheet.put('line', row, text(frame.label(`bridge.column.${item}`)), isEnd ? 'LabelSubtotal' : 'Label');
    sheet.put('unit', row, text(frame.model.currency), isEnd ? 'UnitSubtotal' : 'Unit');
    const formula = `SUMIFS(${table.range(item)},${table.range('unitKey')},${key})`;
    sheet.put('charge', row, calc(formula, frame.money(amount)), isEnd ? 'Subtotal' : 'Import');
    if (isEnd) for (const column of ['contacts', 'quantity', 'rate']) sheet.put(column, row, text(null), 'Subtotal');
    else sheet.put('last', row, text(frame.label(`bridge.means.${item}`)), 'NoteIndented');
  });
  return start + items.length;
}

function putDecisions(frame: Frame, sheet: Sheet, unit: UnitView, start: number): number {
  const { model } = frame;
  frame.section(sheet, start, 'statement.decisions');
  const used = new Set([
    ...model.lines.filter(({ unitKey }) => unitKey === unit.key).map(({ decisionKey }) => decisionKey),
    ...(model.prior?.lines ?? []).filter(({ unitKey }) => unitKey === unit.key).map(({ decisionKey }) => decisionKey),
  ]);
  const header = start + 1;
  for (const column of sheet.columns) {
    if (column.helper) continue;
    const style = sheet.get(column.key, sheet.layout.headerRow)!.style;
    const own = ['line', 'unit', 'quantity', 'rate', 'source'].includes(column.key);
    const words = own
      ? frame.label(`statement.decision.${column.key}`)
      : frame.label(`statement.column.${column.key}`, { currency: model.currency });
    sheet.put(column.key, header, text(words), style);
  }
  const rows = [
    ...model.decisions.filter(({ key }) => used.has(key)),
    { key: NO_DECISION, code: '', title: frame.label('decision.none') },
  ];
  const key = `$${sheet.col('poolKey')}$${CODE_ROW}`;
  const lines = frame.table('lines');
  rows.forEach((decision, i) => {
    const row = header + 1 + i;
    const own = sheet.at('poolKey', row);
    const sums = sumsOf(frame, unit, ({ decisionKey }) => (decisionKey ?? NO_DECISION) === decision.key);
    const of = (column: string, charged: number, ...more: string[]) =>
      sumifs(lines, column, 'unitKey', key, 'decisionKey', own, 'charged', String(charged), ...more);
    sheet.put('line', row, text(decision.title), 'Label');
    sheet.put('unit', row, text(decision.code), 'Label', 'text');
    sheet.put('poolKey', row, text(decision.key), 'Key');
    sheet.put('contacts', row, calc(of('contacts', 1, 'handling', '1'), double(sums.handled)), 'Import');
    sheet.put('charge', row, calc(of('amount', 1), frame.money(sums.charge)), 'Import');
    sheet.put('withheld', row, calc(`${of('amount', 0)}+${of('amount', 2)}`, frame.money(sums.withheld)), 'Import');
    if (model.prior) {
      const last = sumifs(frame.table('prior'), 'amount', 'unitKey', key, 'decisionKey', own);
      sheet.put('last', row, calc(last, frame.money(sums.last)), 'Import');
      putChange(frame, sheet, row, sums.charge, sums.last, 'Calc');
    }
  });
  const last = header + rows.length;
  for (const column of ['contacts', 'charge', 'withheld']) sheet.run(column, header + 1, last);
  putTotal(frame, sheet, unit, header + 1, last + 1, 'statement.decisions.total', false);
  frame.place(sheet.key, 'decisions', last + 1);
  return last + 1;
}

function declareRuns(sheet: Sheet, first: number, lastTimed: number, last: number): void {
  for (const column of ['contacts', 'quantity', 'rate']) sheet.run(column, first, lastTimed);
  for (const column of ['charge', 'withheld']) sheet.run(column, first, last);
  if (sheet.has('last')) for (const column of ['last', 'change', 'changeShare']) sheet.run(column, first, last);
}

function addBarChart(
  frame: Frame,
  sheet: Sheet,
  first: number,
  services: readonly ServiceRow[],
  unit: UnitView,
  top: number,
): void {
  if (services.length === 0) return;
  const last = first + services.length - 1;
  const header = sheet.layout.headerRow;
  const categories = { ref: sheet.range('line', first, last), texts: services.map(({ label }) => label) };
  const series = (column: 'charge' | 'last') => ({
    name: { ref: sheet.cell(column, header), text: frame.label(`statement.column.${column}`) },
    categories,
    values: {
      ref: sheet.range(column, first, last),
      numbers: services.map(({ poolKey, kind }) =>
        frame.money(sumsOf(frame, unit, (line) => line.poolKey === poolKey && line.kind === kind)[column]),
      ),
    },
  });
  sheet.charts.push({
    template: frame.model.prior ? 'bar-compare' : 'bar-one',
    title: frame.label('statement.chart.title'),
    alt: frame.label('statement.chart.alt', { unit: unit.name }),
    format: 'axis',
    series: frame.model.prior ? [series('charge'), series('last')] : [series('charge')],
    at: [0, top, 5, top + 17],
  });
}

function putAcceptance(frame: Frame, sheet: Sheet, start: number): void {
  const [label, field] = frame.model.prior ? ['change', 'withheld'] : ['charge', 'withheld'];
  sheet.put(label!, start, text(frame.label('acceptance.title')), 'Section');
  ['by', 'date', 'query', 'text'].forEach((item, i) => {
    const row = start + 1 + i;
    sheet.put(label!, row, text(frame.label(`acceptance.${item}`)), 'Caption');
    sheet.put(field!, row, text(null), 'Input', 'text');
    if (item === 'query') {
      sheet.validations.push({
        range: sheet.at(field!, row),
        type: 'list',
        formulae: [`"${frame.label('acceptance.yes')},${frame.label('acceptance.no')}"`],
        prompt: frame.label('acceptance.query.prompt'),
        error: frame.label('acceptance.query.error'),
      });
    }
  });
}

function addRules(frame: Frame, sheet: Sheet, first: number, totalRow: number): void {
  if (!frame.model.prior) return;
  const range = `${sheet.at('changeShare', first)}:${sheet.at('changeShare', totalRow)}`;
  const when = `${sheet.at('changeShare', first)}>JumpAlert`;
  sheet.conditionals.push({ range, when, style: 'warn' });
}
