import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { DecisionProfit, DecisionView, LineView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, date, number, text, type Table } from '../plan/sheet.ts';
import { NO_DECISION } from './keys.ts';

/** What each decision's contacts cost and, where it is known, what the decision brought: one row a decision. */
export function buildDecisions(frame: Frame): void {
  const table = frame.table('decisions');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  const none: DecisionView = {
    key: NO_DECISION,
    code: '',
    title: frame.label('decision.none'),
    kind: '',
    effectiveFrom: '',
  };
  [...frame.model.decisions, none].forEach((decision, i) => putDecision(frame, table, decision, table.first + i));
  const figures = ['contacts', 'perContact', 'cost', 'withheld'];
  for (const column of figures) sheet.run(column, table.first, table.last);
  putTotal(frame, table);
  if (sheet.has('net')) {
    const losing = `AND(ISNUMBER($${sheet.col('net')}${table.first}),$${sheet.col('net')}${table.first}<0)`;
    sheet.conditionals.push({
      range: `${sheet.at('net', table.first)}:${sheet.at('reading', table.last)}`,
      when: losing,
      style: 'bad',
    });
  }
  addChart(frame, table);
  sheet.printTo = table.last + 24;
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
  const profit = frame.model.profits?.get(decision.code);
  if (profit) putProfit(frame, table, row, profit, sums.contacts, sums.cost);
  const net = profit ? netOf(profit, sums.cost) : -sums.cost;
  const shown = profit ? at('net') : `-${at('cost')}`;
  if (isNone) return;
  sheet.put('gain', row, calc(`MAX(0,${shown})`, frame.money(net > 0n ? net : 0n)), 'Calc');
  sheet.put('loss', row, calc(`MIN(0,${shown})`, frame.money(net < 0n ? net : 0n)), 'Calc');
}

function netOf(profit: DecisionProfit, cost: bigint): bigint {
  return profit.billed - profit.waived - profit.refunded + (profit.retention ?? 0n) - cost;
}

/**
 * Collected = billed − waived − refunded; net = collected + retention − contact cost; break-even rate k* = collected per
 * exposure ÷ cost per contact (method 5). Where nothing was collected no rate breaks even, and the words say so.
 */
function putProfit(
  frame: Frame,
  table: Table,
  row: number,
  profit: DecisionProfit,
  contacts: Fraction,
  cost: bigint,
): void {
  const { sheet } = table;
  const at = (column: string) => sheet.at(column, row);
  for (const item of ['billed', 'waived', 'refunded'] as const)
    sheet.put(item, row, number(frame.money(profit[item])), 'Input');
  sheet.put('exposures', row, number(double(profit.exposures)), 'Input');
  sheet.put('retention', row, number(profit.retention === null ? 0 : frame.money(profit.retention)), 'Input');
  const collected = profit.billed - profit.waived - profit.refunded;
  const net = netOf(profit, cost);
  const none = profit.exposures.isZero;
  const rate = none ? Fraction.ZERO : contacts.over(profit.exposures);
  const hasBreakEven = collected > 0n && !none && cost !== 0n;
  const breakEven = hasBreakEven ? Fraction.of(collected).times(contacts).over(profit.exposures.times(cost)) : null;
  const words = frame.label('decisions.noBreakEven');
  sheet.put(
    'collected',
    row,
    calc(`${at('billed')}-${at('waived')}-${at('refunded')}`, frame.money(collected)),
    'Calc',
  );
  sheet.put(
    'contactRate',
    row,
    calc(`IF(${at('exposures')}=0,0,${at('contacts')}/${at('exposures')})`, double(rate)),
    'Calc',
  );
  sheet.put('net', row, calc(`${at('collected')}+${at('retention')}-${at('cost')}`, frame.money(net)), 'Calc');
  const header = sheet.layout.headerRow - 1;
  const cell = (item: string, column: string) => `$${sheet.col(column)}$${header}${item}`;
  const k = `IF(${at('collected')}*${at('exposures')}*${at('cost')}<=0,${cell('', 'breakEven')},${at('collected')}/${at('exposures')}/${at('perContact')})`;
  sheet.put('breakEven', row, calc(k, breakEven ? double(breakEven) : words), 'Calc');
  const headroom = `IF(ISNUMBER(${at('breakEven')}),${at('breakEven')}-${at('contactRate')},${cell('', 'breakEven')})`;
  sheet.put('headroom', row, calc(headroom, breakEven ? double(breakEven.minus(rate)) : words), 'Calc');
  const reading = `IF(${at('net')}>=0,${cell('', 'net')},${cell('', 'reading')})`;
  const word = frame.label(net >= 0n ? 'decisions.pays' : 'decisions.costs');
  sheet.put('reading', row, calc(reading, word), 'Word');
  sheet.put('breakEven', header, text(words), 'Note');
  sheet.put('net', header, text(frame.label('decisions.pays')), 'Note');
  sheet.put('reading', header, text(frame.label('decisions.costs')), 'Note');
}

function putTotal(frame: Frame, table: Table): void {
  const { sheet, first, last } = table;
  const row = last + 1;
  const all = sumsOf(frame, frame.model.lines);
  const profits = [...(frame.model.profits?.entries() ?? [])].filter(([code]) =>
    frame.model.decisions.some((decision) => decision.code === code),
  );
  const amount = (of: (profit: DecisionProfit) => bigint) =>
    frame.money(profits.reduce((sum, [, profit]) => sum + of(profit), 0n));
  const put = (column: string, result: number) => {
    if (sheet.has(column))
      sheet.put(column, row, calc(`SUM(${sheet.at(column, first)}:${sheet.at(column, last)})`, result), 'Total');
  };
  for (const column of sheet.columns) if (!column.helper) sheet.put(column.key, row, text(null), 'Total');
  sheet.put('decision', row, text(frame.label('column.total')), 'LabelTotal');
  put('contacts', double(all.contacts));
  put('cost', frame.money(all.cost));
  put('withheld', frame.money(all.withheld));
  if (!frame.model.profits) return;
  put(
    'collected',
    amount(({ billed, waived, refunded }) => billed - waived - refunded),
  );
  put(
    'retention',
    amount(({ retention }) => retention ?? 0n),
  );
  const nets = profits.map(([code, profit]) => {
    const { key } = frame.model.decisions.find((decision) => decision.code === code)!;
    return netOf(profit, sumsOf(frame, linesOf(frame, key)).cost);
  });
  put('net', frame.money(nets.reduce((sum, net) => sum + net, 0n)));
}

function addChart(frame: Frame, table: Table): void {
  const { decisions, profits } = frame.model;
  const { sheet, first } = table;
  const last = first + decisions.length - 1;
  const categories = { ref: sheet.range('title', first, last), texts: decisions.map(({ title }) => title) };
  const numbers = (column: string) =>
    decisions.map((_, i) => (sheet.get(column, first + i)!.content as { result: number }).result);
  const series = (column: 'gain' | 'loss') => ({
    name: { ref: sheet.cell(column, sheet.layout.headerRow), text: frame.label(`decisions.column.${column}`) },
    categories,
    values: { ref: sheet.range(column, first, last), numbers: numbers(column) },
  });
  const shown = sheet.columns.filter(({ helper }) => !helper).length;
  const top = table.last + 3;
  sheet.charts.push({
    template: 'gain-loss',
    title: frame.label(profits ? 'decisions.chart.net' : 'decisions.chart.cost'),
    alt: frame.label('decisions.chart.alt'),
    format: 'axis',
    series: [series('loss'), series('gain')],
    at: [0, top, shown, top + Math.min(30, 8 + decisions.length * 2)],
  });
}
