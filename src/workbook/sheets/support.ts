import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { SupportRow } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text } from '../plan/sheet.ts';
import { columnLetters } from '../plan/text.ts';
import { APPORTIONMENT, putApportioned, runsOf } from './apportionment.ts';
import { asTable } from './inputs.ts';

/** First column of the matrices of the reciprocal method, 1 = A. */
const MATRIX = 3;

/** How support pools reach the pools they serve: shares from driver quantities, cents by largest remainder. */
export function buildSupport(frame: Frame): void {
  const support = frame.model.support!;
  const table = frame.table('support');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  const byGiver = new Map<string, SupportRow[]>();
  for (const row of support.rows) byGiver.set(row.from, [...(byGiver.get(row.from) ?? []), row]);
  let first = table.first;
  for (const rows of byGiver.values()) {
    rows.forEach((row, i) => putRow(frame, row, first + i, { first, last: first + rows.length - 1 }, table.first));
    runsOf(sheet, ['shares', 'exact', ...APPORTIONMENT, 'posted', 'difference'], first, first + rows.length - 1);
    first += rows.length;
  }
  asTable(frame, table, 'tblSupport');
  if (support.method === 'reciprocal' && support.chain.length > 0) putStages(frame);
}

function putRow(
  frame: Frame,
  row: SupportRow,
  at: number,
  block: { first: number; last: number },
  tableFirst: number,
): void {
  const { method, drivers } = frame.model.support!;
  const { sheet } = frame.table('support');
  const cell = (column: string) => sheet.at(column, at);
  const rates = frame.sheet('rates');
  const own = rates.cell(row.from, frame.rowOf('rates', 'own'));
  sheet.put('from', at, text(row.from), 'Key');
  sheet.put('fromName', at, text(frame.pool(row.from).name), 'Label');
  sheet.put('to', at, text(row.to), 'Key');
  sheet.put('toName', at, text(frame.pool(row.to).name), 'Label');
  sheet.put('passes', at, number(row.passes ? 1 : 0), 'Key');
  if (method === 'reciprocal') {
    const { chain, ends, stages } = frame.model.support!;
    const final = matrixRow(frame, stages.length - 1) + 1 + chain.indexOf(row.from);
    const column = columnLetters(MATRIX + ends.indexOf(row.to));
    sheet.put('share', at, calc(`${column}${final}`, double(row.share)), 'Calc');
  } else {
    const index = drivers.findIndex(({ from, to }) => from === row.from && to === row.to);
    const siblings = frame.model.support!.rows.filter(({ from }) => from === row.from);
    const quantityOf = (to: string) => drivers.find((driver) => driver.from === row.from && driver.to === to)!.quantity;
    const sum = siblings.reduce((all, { to }) => all.plus(quantityOf(to)), Fraction.ZERO);
    const driverCell = frame.table('assumptions.drivers').cell('c', index);
    sheet.put('driver', at, calc(driverCell, double(quantityOf(row.to))), 'Import');
    const range = `${sheet.col('driver')}$${block.first}:${sheet.col('driver')}$${block.last}`;
    sheet.put('drivers', at, calc(`SUM(${range})`, double(sum)), 'Calc');
    const share = `IF(${cell('drivers')}=0,0,${cell('driver')}/${cell('drivers')})`;
    sheet.put('share', at, calc(share, double(row.share)), 'Calc');
  }
  const shares = `${sheet.col('share')}$${block.first}:${sheet.col('share')}$${block.last}`;
  sheet.put('shares', at, calc(`SUM(${shares})`, 1), 'Calc');
  // Step-down: what was received from the pools closed before belongs to the cost that is passed on.
  const earlier =
    method === 'step_down' && block.first > tableFirst
      ? `+SUMIFS(${sheet.local('posted', tableFirst, block.first - 1)},${sheet.local('to', tableFirst, block.first - 1)},${cell('from')})`
      : '';
  sheet.put('total', at, calc(own + earlier, frame.money(row.total)), 'Import');
  const exact = frame.exactMoney(row.share.times(row.total));
  sheet.put('exact', at, calc(`${cell('share')}*${cell('total')}`, exact), 'Calc');
  putApportioned(frame, sheet, at, block, row.apportioned, { posted: 'posted' });
  const posted = frame.money(row.apportioned.posted);
  sheet.put('asPosted', at, number(posted), 'Posted');
  sheet.put('difference', at, calc(`${cell('posted')}-${cell('asPosted')}`, 0), 'Calc');
}

/** Row of a stage's column headers. */
function matrixRow(frame: Frame, stage: number): number {
  const { chain } = frame.model.support!;
  return frame.table('support').last + 4 + stage * (chain.length + 3);
}

/**
 * Mutual use settled pool by pool: stage 0 holds the shares by drivers; each stage sends what would reach one support
 * pool straight on to where that pool sends it. After the last one nothing rests with a pool that hands on.
 */
function putStages(frame: Frame): void {
  const { chain, ends, stages, drivers } = frame.model.support!;
  const { sheet } = frame.table('support');
  const columns = [...ends, ...chain];
  const letter = (i: number) => columnLetters(MATRIX + i);
  const driverTable = frame.table('assumptions.drivers');
  stages.forEach((matrix, stage) => {
    const header = matrixRow(frame, stage);
    const pivot = stage === 0 ? undefined : chain[stage - 1]!;
    const title = pivot === undefined ? 'support.stage.first' : 'support.stage.next';
    frame.section(sheet, header - 1, title, { pool: pivot === undefined ? '' : frame.pool(pivot).name });
    sheet.put('A', header, text(frame.label('support.column.from')), 'Header');
    sheet.put('B', header, text(frame.label('support.column.fromName')), 'Header');
    columns.forEach((key, i) => sheet.put(letter(i), header, text(key), 'HeaderRight', 'text'));
    chain.forEach((from, r) => {
      const row = header + 1 + r;
      sheet.put('A', row, text(from), 'Key');
      sheet.put('B', row, text(frame.pool(from).name), 'Label');
      columns.forEach((to, i) => {
        const result = double(matrix[r]![i]!);
        if (stage === 0) {
          const index = drivers.findIndex((driver) => driver.from === from && driver.to === to);
          const own = drivers.filter((driver) => driver.from === from && driver.to !== from);
          const first = drivers.findIndex((driver) => driver.from === from);
          const count = drivers.filter((driver) => driver.from === from).length;
          const self = drivers.findIndex((driver) => driver.from === from && driver.to === from);
          const cells = `SUM(${driverTable.cell('c', first)}:${driverTable.cell('c', first + count - 1).split('!')[1]})`;
          const sum = self < 0 ? cells : `(${cells}-${driverTable.cell('c', self)})`;
          if (index < 0 || to === from || own.length === 0) sheet.put(letter(i), row, number(0), 'Calc', 'exact');
          else sheet.put(letter(i), row, calc(`${driverTable.cell('c', index)}/${sum}`, result), 'Import', 'exact');
          return;
        }
        const before = row - chain.length - 3;
        const at = letter(ends.length + stage - 1);
        const through = matrixRow(frame, stage - 1) + stage;
        const formula = `IF(${letter(i)}$${header}=$${at}$${header},0,${letter(i)}${before}+$${at}${before}*${letter(i)}$${through}/(1-$${at}$${through}))`;
        sheet.put(letter(i), row, calc(formula, result), 'Calc', 'exact');
      });
      if (stage > 0)
        sheet.runAcross(
          columns.map((_, i) => letter(i)),
          row,
        );
    });
  });
}
