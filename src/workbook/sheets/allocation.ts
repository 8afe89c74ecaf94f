import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { ClaimView, GroupView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Table } from '../plan/sheet.ts';
import { APPORTIONMENT, byQuantity, putApportioned, runsOf } from './apportionment.ts';
import { asTable } from './inputs.ts';
import { KIND_NO, reservedRows, RESULT_KEPT, RESULT_TAKEN, SERVICE, serviceLabel, TREATMENT_NO } from './keys.ts';

/** Cost of the pools to units and service, then each unit's charge to its decisions: largest remainder, row by row. */
export function buildAllocation(frame: Frame): void {
  const table = frame.table('allocation');
  const groups = frame.table('groups');
  frame.head(table.sheet);
  frame.headers(table.sheet);
  for (const block of blocksOf(frame.model.claims, (claim) => `${claim.poolKey}${blockOf(frame, claim)}`))
    putClaims(frame, table, block);
  asTable(frame, table, 'tblAllocation');
  frame.section(table.sheet, groups.first - 2, 'allocation.groups');
  frame.headers(table.sheet, groups.first - 1, 'groups');
  for (const block of blocksOf(frame.model.groups, (group) => String(group.claimNo))) putGroups(frame, groups, block);
  if (groups.count === 0) groups.sheet.put('A', groups.first, text(frame.label('table.empty')), 'Note');
}

/** Under full absorption and reserved capacity one block takes all of a pool's cost. */
function blockOf(frame: Frame, claim: ClaimView): string {
  const { split } = frame.pool(claim.poolKey);
  return claim.block !== 'spread' && split !== 'standard' ? 'cost' : claim.block;
}

interface Block<T> {
  readonly rows: readonly T[];
  /** index of the first row in the table */
  readonly start: number;
}

export function blocksOf<T>(rows: readonly T[], keyOf: (row: T) => string): Block<T>[] {
  const blocks: { rows: T[]; start: number; key: string }[] = [];
  rows.forEach((row, i) => {
    const key = keyOf(row);
    const last = blocks.at(-1);
    if (last?.key === key) last.rows.push(row);
    else blocks.push({ rows: [row], start: i, key });
  });
  return blocks;
}

function putClaims(frame: Frame, table: Table, { rows, start }: Block<ClaimView>): void {
  const { sheet } = table;
  const first = table.first + start;
  const last = first + rows.length - 1;
  const sum = rows.reduce((all, claim) => all.plus(claim.quantity), Fraction.ZERO);
  rows.forEach((claim, i) => {
    const row = first + i;
    const at = (column: string) => sheet.at(column, row);
    const pool = frame.pool(claim.poolKey);
    const unit = claim.unitKey === null ? undefined : frame.unit(claim.unitKey);
    const result = claim.serviceKind ?? claim.kind!;
    sheet.put('no', row, number(claim.no), 'Key');
    sheet.put('poolKey', row, text(claim.poolKey), 'Key');
    sheet.put('pool', row, text(pool.name), 'Label');
    sheet.put('unitKey', row, text(unit?.key ?? SERVICE), 'Key');
    sheet.put('who', row, text(unit?.name ?? serviceLabel(frame, claim.serviceKind!)), 'Label');
    sheet.put('result', row, text(result), 'Key');
    sheet.put('key', row, text(claim.apportioned.key), 'Key', 'text');
    sheet.put('resultNo', row, number(resultNo(claim)), 'Key');
    if (claim.source === 'quantity' || claim.source === 'priced' || claim.source === 'fixedRate')
      sheet.put('quantity', row, calc(quantityFormula(frame, claim, row), double(claim.quantity)), 'Import');
    const isShared = claim.source === 'quantity';
    if (isShared) {
      const range = sheet.local('quantity', first, last).replaceAll(/\$([A-Z]+)\$/g, '$1$');
      sheet.put('sum', row, calc(`SUM(${range})`, double(sum)), 'Calc');
    }
    sheet.put('total', row, calc(totalFormula(frame, claim), frame.money(claim.total)), 'Import');
    const exact = double(claim.apportioned.exact);
    if (isShared) sheet.put('exact', row, byQuantity(sheet, row, exact), 'Calc');
    else sheet.put('exact', row, calc(exactFormula(frame, claim, row), exact), 'Import');
    putApportioned(frame, sheet, row, { first, last }, claim.apportioned, { posted: 'posted' });
    sheet.put('asPosted', row, number(frame.money(claim.asPosted)), 'Posted');
    sheet.put('difference', row, calc(`${at('posted')}-${at('asPosted')}`, 0), 'Calc');
  });
  runsOf(sheet, [...APPORTIONMENT, 'total', 'posted', 'difference'], first, last);
}

/** Kind of the lines that a unit's row becomes, or what service does with it. */
function resultNo(claim: ClaimView): number {
  if (claim.kind !== null) return KIND_NO[claim.kind];
  return claim.kept ? RESULT_KEPT : RESULT_TAKEN;
}

function quantityFormula(frame: Frame, claim: ClaimView, row: number): string {
  const { sheet } = frame.table('allocation');
  if (claim.block === 'spread') {
    // What is withheld takes no part; parked lines were charged when unused capacity was spread.
    const lines = frame.table('lines');
    const of = (column: string, value: string | number) => `${lines.range(column)},${value}`;
    const own = [
      of('poolKey', sheet.at('poolKey', row)),
      of('unitKey', sheet.at('unitKey', row)),
      of('kindNo', KIND_NO.contacts),
      of('charged', `"<>${TREATMENT_NO.withheld}"`),
    ];
    return `SUMIFS(${lines.range('quantity')},${own.join(',')})`;
  }
  if (claim.kind === 'reserved') {
    const { code } = frame.unit(claim.unitKey!);
    const index = reservedRows(frame).findIndex(({ poolKey, unit }) => poolKey === claim.poolKey && unit === code);
    return frame.table('assumptions.reserved').cell('c', index);
  }
  const volumes = frame.table('volumes');
  const column = frame.pool(claim.poolKey).split === 'standard' ? 'standardQuantity' : 'used';
  return `SUMIFS(${volumes.range(column)},${volumes.range('claim')},${sheet.at('no', row)})`;
}

/** Rates holds the exact amounts of a pool; a use costs its quantity at the pool's rate. */
function exactFormula(frame: Frame, claim: ClaimView, row: number): string {
  const rates = frame.sheet('rates');
  const { sheet } = frame.table('allocation');
  const of = (item: string) => rates.cell(claim.poolKey, frame.rowOf('rates', item));
  if (claim.source === 'priced') {
    const rate = frame.pool(claim.poolKey).split === 'actual' ? 'rate' : 'variableRate';
    return `${sheet.at('quantity', row)}*${of(rate)}`;
  }
  if (claim.source === 'fixedRate') return `${sheet.at('quantity', row)}*${of('fixedRate')}`;
  return of(claim.source);
}

function totalFormula(frame: Frame, claim: ClaimView): string {
  const rates = frame.sheet('rates');
  const of = (item: string) => rates.cell(claim.poolKey, frame.rowOf('rates', item));
  if (claim.block === 'spread') {
    const { sheet, first } = frame.table('allocation');
    const taken = frame.model.claims.filter(({ poolKey, kept }) => poolKey === claim.poolKey && !kept);
    return `SUM(${taken.map(({ no }) => `$${sheet.col('posted')}$${first + no - 1}`).join(',')})`;
  }
  if (frame.pool(claim.poolKey).split !== 'standard') return of('cost');
  return of(claim.block === 'charge' ? 'charged' : 'rest');
}

function putGroups(frame: Frame, table: Table, { rows, start }: Block<GroupView>): void {
  const { sheet } = table;
  const lines = frame.table('lines');
  const claims = frame.table('allocation');
  const first = table.first + start;
  const last = first + rows.length - 1;
  const sum = rows.reduce((all, group) => all.plus(group.quantity), Fraction.ZERO);
  rows.forEach((group, i) => {
    const row = first + i;
    const decision = frame.model.decisions.find(({ key }) => key === group.decisionKey);
    sheet.put('no', row, number(group.no), 'Key');
    sheet.put('poolKey', row, text(group.poolKey), 'Key');
    sheet.put('pool', row, text(frame.pool(group.poolKey).name), 'Label');
    sheet.put('unitKey', row, text(group.unitKey), 'Key');
    sheet.put('who', row, text(frame.unit(group.unitKey).name), 'Label');
    sheet.put('result', row, text(frame.model.claims[group.claimNo - 1]!.kind), 'Key');
    sheet.put('key', row, text(decision?.code ?? frame.label('decision.none')), 'Key', 'text');
    const quantity = `SUMIFS(${lines.range('quantity')},${lines.range('group')},${sheet.at('no', row)})`;
    sheet.put('quantity', row, calc(quantity, double(group.quantity)), 'Import');
    const range = sheet.local('quantity', first, last).replaceAll(/\$([A-Z]+)\$/g, '$1$');
    sheet.put('sum', row, calc(`SUM(${range})`, double(sum)), 'Calc');
    const claim = `$${sheet.col('posted')}$${claims.first + group.claimNo - 1}`;
    sheet.put('total', row, calc(claim, frame.money(group.total)), 'Calc');
    sheet.put('exact', row, byQuantity(sheet, row, double(group.apportioned.exact)), 'Calc');
    putApportioned(frame, sheet, row, { first, last }, group.apportioned, { posted: 'posted' });
  });
  runsOf(sheet, ['quantity', 'sum', 'total', 'exact', ...APPORTIONMENT, 'posted'], first, last);
}
