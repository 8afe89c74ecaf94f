import { Fraction } from '../../domain/fraction.ts';
import { double, roundedAt } from '../model/numbers.ts';
import type { LineView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Table } from '../plan/sheet.ts';
import { blocksOf } from './allocation.ts';
import { APPORTIONMENT, byQuantity, putApportioned, runsOf } from './apportionment.ts';
import { asTable } from './inputs.ts';
import { KIND_NO, NO_DECISION, TREATMENT_NO } from './keys.ts';

/** Every line of every statement: its contacts and quantity from Volumes, its cents from its decision's charge. */
export function buildLines(frame: Frame): void {
  const table = frame.table('lines');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  for (const { rows, start } of blocksOf(frame.model.lines, ({ groupNo, no }) => `${groupNo ?? `line ${no}`}`)) {
    const first = table.first + start;
    const last = first + rows.length - 1;
    const sum = rows.reduce((all, line) => all.plus(priced(frame, line)), Fraction.ZERO);
    rows.forEach((line, i) => {
      const row = first + i;
      putKeys(frame, table, line, row);
      putContacts(frame, table, line, row);
      if (line.apportioned) putShare(frame, table, line, row, { first, last }, sum);
      else putWhole(frame, table, line, row);
      sheet.put('asPosted', row, number(frame.money(line.line.amount)), 'Posted');
      sheet.put('difference', row, calc(`${sheet.at('amount', row)}-${sheet.at('asPosted', row)}`, 0), 'Calc');
    });
    if (rows[0]!.apportioned) {
      runsOf(sheet, ['contacts', 'handleSeconds', 'quantity', 'sum', 'exact', ...APPORTIONMENT, 'amount'], first, last);
    }
  }
  runsOf(sheet, ['difference', ...(sheet.has('likeForLike') ? ['likeForLike'] : [])], table.first, table.last);
  asTable(frame, table, 'tblLines');
}

function priced(frame: Frame, line: LineView): Fraction {
  return frame.pool(line.poolKey).pricedBy === 'standard' ? line.standard : line.used;
}

/** What a line is: the same columns in the master and in a unit's pack. */
export function putKeys(frame: Frame, table: Table, view: LineView, row: number): void {
  const { sheet } = table;
  const { line } = view;
  const pool = frame.pool(view.poolKey);
  const charged = line.treatment === 'charged';
  sheet.put('no', row, number(view.no), 'Key');
  sheet.put('id', row, text(line.id), 'Mono', 'text');
  sheet.put('unitKey', row, text(view.unitKey), 'Key');
  sheet.put('unit', row, text(frame.unit(view.unitKey).name), 'Label');
  sheet.put('charged', row, number(TREATMENT_NO[line.treatment]), 'Key');
  sheet.put('kindNo', row, number(KIND_NO[line.kind]), 'Key');
  sheet.put('decisionKey', row, text(view.decisionKey ?? NO_DECISION), 'Key');
  sheet.put('decision', row, text(line.decision), 'Label', 'text');
  sheet.put('reason', row, text(line.reason ?? frame.label(`line.kind.${line.kind}`)), 'Label', 'text');
  sheet.put('channel', row, text(line.channel), 'Label', 'text');
  sheet.put('poolKey', row, text(view.poolKey), 'Key');
  sheet.put('pool', row, text(pool.name), 'Label');
  sheet.put('rule', row, text(line.rule), 'Label', 'text');
  sheet.put('tier', row, text(line.tier), 'Label');
  sheet.put('handling', row, number(pool.pool.layer === 'handling' ? 1 : 0), 'Key');
  if (!sheet.has('slot')) return;
  const slot = view.decisionKey !== null && charged ? view.unitKey + view.decisionKey : null;
  sheet.put('bridgeCell', row, number(view.bridgeCell), 'Key');
  sheet.put('slot', row, text(slot), 'Key');
  const own = sheet.at('slot', row);
  const prior = frame.table('prior');
  const formula = `IF(${sheet.at('charged', row)}=1,1,0)*IF(LEN(${own})=0,1,MIN(1,COUNTIF(${prior.range('slot')},${own})))`;
  sheet.put('likeForLike', row, calc(formula, view.likeForLike && charged ? 1 : 0), 'Import');
}

function putContacts(frame: Frame, table: Table, view: LineView, row: number): void {
  const { sheet } = table;
  if (view.apportioned === null) {
    if (!view.used.isZero) {
      const held = frame.table('allocation').cell('quantity', view.claimNo! - 1);
      sheet.put('quantity', row, calc(held, double(view.used)), 'Import');
    }
    return;
  }
  const volumes = frame.table('volumes');
  const summed = (column: string) => `SUMIFS(${volumes.range(column)},${volumes.range('line')},${sheet.at('no', row)})`;
  const own = frame.model.volumes.filter(({ lineNo }) => lineNo === view.no);
  const attributed = own.reduce((sum, volume) => sum.plus(volume.attributed), Fraction.ZERO);
  const seconds = own.reduce((sum, volume) => sum.plus(volume.attributedSeconds), Fraction.ZERO);
  const millionths = view.contacts.minus(roundedAt(attributed, 6));
  const contacts = `ROUND(${summed('attributed')},6)+${sheet.at('millionths', row)}`;
  sheet.put('contacts', row, calc(contacts, double(view.contacts)), 'Import');
  sheet.put('millionths', row, number(double(millionths)), 'Key');
  sheet.put('handleSeconds', row, calc(summed('attributedSeconds'), double(seconds)), 'Import');
  const column = frame.pool(view.poolKey).pricedBy === 'standard' ? 'standardQuantity' : 'used';
  sheet.put('quantity', row, calc(summed(column), double(priced(frame, view))), 'Import');
}

function putShare(
  frame: Frame,
  table: Table,
  view: LineView,
  row: number,
  block: { first: number; last: number },
  sum: Fraction,
): void {
  const { sheet } = table;
  const groups = frame.table('groups');
  const group = frame.model.groups[view.groupNo! - 1]!;
  const range = sheet.local('quantity', block.first, block.last).replaceAll(/\$([A-Z]+)\$/g, '$1$');
  sheet.put('group', row, number(view.groupNo), 'Key');
  sheet.put('sum', row, calc(`SUM(${range})`, double(sum)), 'Calc');
  const total = frame.money(group.apportioned.posted);
  sheet.put('total', row, calc(groups.cell('posted', group.no - 1), total), 'Import');
  sheet.put('exact', row, byQuantity(sheet, row, double(view.apportioned!.exact)), 'Calc');
  putApportioned(frame, sheet, row, block, view.apportioned!, { posted: 'amount' });
}

/** Lines that no contact explains: all of a direct pool's cost, reserved capacity, a share of unused capacity. */
function putWhole(frame: Frame, table: Table, view: LineView, row: number): void {
  const amount = frame.money(view.line.amount);
  const source =
    view.claimNo === null
      ? frame.sheet('rates').cell(view.poolKey, frame.rowOf('rates', 'cost'))
      : frame.table('allocation').cell('posted', view.claimNo - 1);
  table.sheet.put('amount', row, calc(source, amount), 'Import');
}
