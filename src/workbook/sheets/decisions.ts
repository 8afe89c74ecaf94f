import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { DecisionProfit, DecisionView, LineView } from '../model/workbook-model.ts';
import { isRight, type Frame } from '../plan/frame.ts';
import { calc, date, number, Table, text, type Sheet } from '../plan/sheet.ts';
import { NO_DECISION } from './keys.ts';

const PERIOD = ['kind', 'start', 'units', 'tiers', 'contacts', 'perContact', 'cost', 'withheld'] as const;
const SINCE = [
  ...['exposures', 'allContacts', 'allCost', 'collected', 'retention', 'net', 'contactRate', 'breakEven'],
  ...['headroom', 'reading', 'underWater'],
];
const WORDS = ['noBreakEven', 'pays', 'costs'] as const;

/**
 * What each decision's contacts cost in the period and, where it is known, what the decision brought since it took
 * effect: two tables, one under the other, so that a page holds them in legible size.
 */
export function buildDecisions(frame: Frame): void {
  const table = frame.table('decisions');
  const { sheet } = table;
  frame.head(sheet);
  heads(frame, sheet, sheet.layout.headerRow, 'period', PERIOD);
  const none: DecisionView = {
    key: NO_DECISION,
    code: '',
    title: frame.label('decision.none'),
    kind: '',
    effectiveFrom: '',
  };
  [...frame.model.decisions, none].forEach((decision, i) => putDecision(frame, table, decision, table.first + i));
  for (const column of ['contacts', 'perContact', 'cost', 'withheld']) sheet.run(column, table.first, table.last);
  putTotal(frame, table);
  const shown = sheet.has('net') ? putProfits(frame, table) : table;
  addChart(frame, shown);
  sheet.printTo = shown.last + 24;
}

/** Heading of a table and of its columns; the bar goes on over columns that only the other table has. */
function heads(frame: Frame, sheet: Sheet, row: number, table: 'period' | 'since', columns: readonly string[]): void {
  frame.section(sheet, row - 1, `decisions.${table}`);
  for (const column of sheet.columns)
    sheet.put(column.key, row, text(column.helper ? frame.label(`decisions.column.${column.key}`) : null), 'Header');
  for (const key of ['decision', 'title', ...columns]) {
    const layout = sheet.layout.columns.find((column) => column.key === key)!;
    sheet.put(key, row, text(frame.label(`decisions.column.${key}`)), isRight(layout) ? 'HeaderRight' : 'Header');
  }
}

/** Decisions whose profit and loss the reader may see. */
function knownDecisions({ model }: Frame): readonly DecisionView[] {
  return model.decisions.filter(({ code }) => model.profits!.has(code));
}

/** The table of what decisions brought, below the other. */
function putProfits(frame: Frame, above: Table): Table {
  const { sheet } = above;
  const known = knownDecisions(frame);
  const table = new Table(sheet, above.last + 5, known.length);
  heads(frame, sheet, table.first - 1, 'since', SINCE);
  WORDS.forEach((word, i) => sheet.put('word', above.first + i, text(frame.label(`decisions.${word}`)), 'Note'));
  known.forEach(({ code, title }, i) => {
    const row = table.first + i;
    sheet.put('decision', row, text(code), 'Label', 'text');
    sheet.put('title', row, text(title), 'Label', 'text');
    putProfit(frame, table, row, frame.model.profits!.get(code)!, above.first);
  });
  const net = `$${sheet.col('net')}${table.first}`;
  const range = `${sheet.at('net', table.first)}:${sheet.at('underWater', table.last)}`;
  sheet.conditionals.push({ range, when: `AND(ISNUMBER(${net}),${net}<0)`, style: 'bad' });
  putProfitTotal(frame, table);
  return table;
}

function linesOf(frame: Frame, key: string): LineView[] {
  return frame.model.lines.filter(({ decisionKey }) => (decisionKey ?? NO_DECISION) === key);
}

function sumsOf(frame: Frame, lines: readonly LineView[]) {
  const charged = lines.filter(({ line }) => line.treatment === 'charged');
  const amount = (of: readonly LineView[]) => of.reduce((sum, { line }) => sum + line.amount, 0n);
  return {
    contacts: charged
      .filter(({ poolKey }) => frame.pool(poolKey).pool.layer === 'handling')
      .reduce((sum, line) => sum.plus(line.contacts), Fraction.ZERO),
    cost: amount(charged),
    withheld: amount(lines) - amount(charged),
  };
}

function putDecision(frame: Frame, table: Table, decision: DecisionView, row: number): void {
  const { sheet } = table;
  const at = (column: string) => sheet.at(column, row);
  const own = linesOf(frame, decision.key);
  const sums = sumsOf(frame, own);
  const isNone = decision.key === NO_DECISION;
  const names = [...new Set(own.map(({ unitKey }) => frame.unit(unitKey).code))].join(', ');
  const tiers = [...new Set(own.flatMap(({ line }) => line.tier ?? []))].sort().join(' ');
  sheet.put('decision', row, text(decision.code), 'Label', 'text');
  sheet.put('title', row, text(decision.title), 'Label', 'text');
  sheet.put('kind', row, text(isNone ? null : frame.label(`decision.kind.${decision.kind || 'unknown'}`)), 'Label');
  sheet.put('start', row, date(decision.effectiveFrom), 'LabelLeft');
  sheet.put('units', row, text(isNone ? null : names), 'Label', 'text');
  sheet.put('tiers', row, text(tiers), 'Label');
  sheet.put('decisionKey', row, text(decision.key), 'Key');
  const lines = frame.table('lines');
  const of = (column: string, charged: number, more = '') =>
    `SUMIFS(${lines.range(column)},${lines.range('decisionKey')},${at('decisionKey')},${lines.range('charged')},${charged}${more})`;
  const handling = `,${lines.range('handling')},1`;
  sheet.put('contacts', row, calc(of('contacts', 1, handling), double(sums.contacts)), 'Import');
  sheet.put('cost', row, calc(of('amount', 1), frame.money(sums.cost)), 'Import');
  sheet.put('withheld', row, calc(`${of('amount', 0)}+${of('amount', 2)}`, frame.money(sums.withheld)), 'Import');
  const perContact = sums.contacts.isZero ? Fraction.ZERO : Fraction.of(sums.cost).over(sums.contacts);
  const each = `IF(${at('contacts')}=0,0,${at('cost')}/${at('contacts')})`;
  sheet.put('perContact', row, calc(each, frame.exactMoney(perContact)), 'Calc');
}

function netOf({ billed, waived, refunded, retention, cost }: DecisionProfit): bigint {
  return billed - waived - refunded + retention - cost;
}

/**
 * Since the decision took effect: collected = billed − waived − refunded; net = collected + retention − contact cost;
 * break-even rate k* = collected per exposure ÷ cost per contact (method 5). Where nothing was collected no rate breaks
 * even, and the words say so.
 */
function putProfit(frame: Frame, table: Table, row: number, profit: DecisionProfit, firstWord: number): void {
  const { sheet } = table;
  const at = (column: string) => sheet.at(column, row);
  const { billed, waived, refunded, exposures, contacts, cost, contactRate } = profit;
  for (const item of ['billed', 'waived', 'refunded', 'retention'] as const)
    sheet.put(item, row, number(frame.money(profit[item])), 'Input');
  sheet.put('exposures', row, number(double(exposures)), 'Input');
  sheet.put('allContacts', row, number(double(contacts)), 'Input');
  sheet.put('allCost', row, number(frame.money(cost)), 'Input');
  sheet.put('contactRate', row, number(contactRate && double(contactRate)), contactRate ? 'Input' : 'Label');
  sheet.put('underWater', row, date(profit.underWaterSince), 'LabelLeft');
  const collected = billed - waived - refunded;
  const net = netOf(profit);
  const has = collected > 0n && exposures.sign > 0 && contacts.sign > 0 && cost > 0n;
  const breakEven = has ? Fraction.of(collected).times(contacts).over(exposures.times(cost)) : null;
  const words = (item: (typeof WORDS)[number]) => `$${sheet.col('word')}$${firstWord + WORDS.indexOf(item)}`;
  const none = frame.label('decisions.noBreakEven');
  const put = (column: string, formula: string, result: number | string, style = 'Calc') =>
    sheet.put(column, row, calc(formula, result), style);
  put('collected', `${at('billed')}-${at('waived')}-${at('refunded')}`, frame.money(collected));
  put('net', `${at('collected')}+${at('retention')}-${at('allCost')}`, frame.money(net));
  const isOpen = `MIN(${at('collected')},${at('exposures')},${at('allContacts')},${at('allCost')})<=0`;
  const each = `${at('collected')}/${at('exposures')}*${at('allContacts')}/${at('allCost')}`;
  put('breakEven', `IF(${isOpen},${words('noBreakEven')},${each})`, breakEven ? double(breakEven) : none, 'CalcRight');
  const room = `IF(ISNUMBER(${at('breakEven')})*ISNUMBER(${at('contactRate')})=1,${at('breakEven')}-${at('contactRate')},${words('noBreakEven')})`;
  put('headroom', room, breakEven && contactRate ? double(breakEven.minus(contactRate)) : none, 'CalcRight');
  const reading = `IF(${at('net')}>=0,${words('pays')},${words('costs')})`;
  put('reading', reading, frame.label(net >= 0n ? 'decisions.pays' : 'decisions.costs'), 'WordIndented');
  put('gain', `MAX(0,${at('net')})`, frame.money(net > 0n ? net : 0n));
  put('loss', `MIN(0,${at('net')})`, frame.money(net < 0n ? net : 0n));
}

function putTotal(frame: Frame, table: Table): void {
  const all = sumsOf(frame, frame.model.lines);
  putTotals(frame, table, {
    contacts: double(all.contacts),
    cost: frame.money(all.cost),
    withheld: frame.money(all.withheld),
  });
}

function putProfitTotal(frame: Frame, table: Table): void {
  const profits = knownDecisions(frame).map(({ code }) => frame.model.profits!.get(code)!);
  const amount = (of: (profit: DecisionProfit) => bigint) =>
    frame.money(profits.reduce((sum, profit) => sum + of(profit), 0n));
  putTotals(frame, table, {
    allCost: amount(({ cost }) => cost),
    collected: amount(({ billed, waived, refunded }) => billed - waived - refunded),
    retention: amount(({ retention }) => retention),
    net: amount(netOf),
  });
}

function putTotals(frame: Frame, { sheet, first, last }: Table, totals: Readonly<Record<string, number>>): void {
  const row = last + 1;
  for (const column of sheet.columns) if (!column.helper) sheet.put(column.key, row, text(null), 'Total');
  sheet.put('decision', row, text(frame.label('column.total')), 'LabelTotal');
  for (const [column, result] of Object.entries(totals))
    sheet.put(column, row, calc(`SUM(${sheet.at(column, first)}:${sheet.at(column, last)})`, result), 'Total');
}

/** Net of each decision, or what its contacts cost where nothing else is known. */
function addChart(frame: Frame, table: Table): void {
  const { profits } = frame.model;
  const decisions = profits ? knownDecisions(frame) : frame.model.decisions;
  const { sheet, first } = table;
  const last = first + decisions.length - 1;
  const categories = { ref: sheet.range('title', first, last), texts: decisions.map(({ title }) => title) };
  const numbers = (column: string) =>
    decisions.map((_, i) => (sheet.get(column, first + i)?.content as { result?: number } | undefined)?.result ?? 0);
  const series = (column: 'gain' | 'loss' | 'cost') => ({
    name: { ref: sheet.cell(column, sheet.layout.headerRow), text: frame.label(`decisions.column.${column}`) },
    categories,
    values: { ref: sheet.range(column, first, last), numbers: numbers(column) },
  });
  const shown = sheet.columns.filter(({ helper }) => !helper).length;
  const top = table.last + 3;
  sheet.charts.push({
    template: profits ? 'gain-loss' : 'bar-one',
    title: frame.label(profits ? 'decisions.chart.net' : 'decisions.chart.cost'),
    alt: frame.label(profits ? 'decisions.chart.alt' : 'decisions.chart.costAlt'),
    format: 'axis',
    series: profits ? [series('loss'), series('gain')] : [series('cost')],
    at: [0, top, shown, top + Math.min(30, 8 + decisions.length * 2)],
  });
}
