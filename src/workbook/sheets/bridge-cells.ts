import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { BridgeCell } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Sheet, type Table } from '../plan/sheet.ts';
import { asTable } from './inputs.ts';

/** Columns of the four factors before and after, in the order of the model's. */
const FACTORS = [
  ['unitBefore', 'unitAfter'],
  ['mixBefore', 'mixAfter'],
  ['handleBefore', 'handleAfter'],
  ['rateBefore', 'rateAfter'],
] as const;

/**
 * Das Gupta's decomposition of each cell's charge, contacts of the unit × mix × quantity per contact × cost per quantity:
 * every factor's effect at the mean of the others, terms of one period weighing 1/4 and mixed ones 1/12.
 */
export function buildBridgeCells(frame: Frame): void {
  const table = frame.table('bridgeCells');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  const weights = sheet.layout.headerRow - 1;
  sheet.put('mixBefore', weights, text(frame.label('bridgeCells.weights')), 'Note');
  sheet.put('rateBefore', weights, number(1 / 4), 'Posted', 'share');
  sheet.put('rateAfter', weights, number(1 / 12), 'Posted', 'share');
  frame.model.prior!.cells.forEach((cell, i) => putCell(frame, table, cell, table.first + i, weights));
  for (const column of sheet.columns)
    if (column.format && column.key !== 'no') sheet.run(column.key, table.first, table.last);
  asTable(frame, table, 'tblBridge');
}

function putCell(frame: Frame, table: Table, cell: BridgeCell, row: number, weights: number): void {
  const { sheet } = table;
  const at = (column: string) => sheet.at(column, row);
  const put = (column: string, formula: string, result: number, style = 'Calc') =>
    sheet.put(column, row, calc(formula, result), style);
  const pool = frame.model.pools.find(({ pool: { code } }) => code === cell.pool);
  sheet.put('no', row, number(cell.no), 'Key');
  sheet.put('unitKey', row, text(cell.unitKey), 'Key');
  sheet.put('unit', row, text(frame.unit(cell.unitKey).name), 'Label');
  sheet.put('pool', row, text(pool?.name ?? cell.pool), 'Label', 'text');
  sheet.put('reason', row, text(cell.reason), 'Label', 'text');
  sheet.put('channel', row, text(cell.channel), 'Label', 'text');
  const { before, after, factors } = cell;
  const of = (source: 'prior' | 'lines', column: string) => {
    const from = frame.table(source);
    return `SUMIFS(${from.range(column)},${from.range('bridgeCell')},${at('no')},${from.range('likeForLike')},1)`;
  };
  put('contactsBefore', of('prior', 'contacts'), double(before.contacts), 'Import');
  put('contactsAfter', of('lines', 'contacts'), double(after.contacts), 'Import');
  put('secondsBefore', of('prior', 'restatedQuantity'), double(before.seconds), 'Import');
  put('secondsAfter', of('lines', 'quantity'), double(after.seconds), 'Import');
  put('amountBefore', of('prior', 'restatedAmount'), frame.money(before.amount), 'Import');
  put('amountAfter', of('lines', 'amount'), frame.money(after.amount), 'Import');
  const [volumeBefore, volumeAfter] = frame.model.prior!.bridges.get(cell.unitKey)!.contacts;
  const ofUnit = (column: string) =>
    `SUMIFS(${sheet.local(column, table.first, table.last)},${sheet.local('unitKey', table.first, table.last)},${at('unitKey')})`;
  put('unitBefore', ofUnit('contactsBefore'), double(volumeBefore));
  put('unitAfter', ofUnit('contactsAfter'), double(volumeAfter));
  const [cB, cA, sB, sA] = ['contactsBefore', 'contactsAfter', 'secondsBefore', 'secondsAfter'].map(at);
  put('perContact', `MIN(1,(${cB}<>0)*(${sB}=0)+(${cA}<>0)*(${sA}=0))`, cell.perContact ? 1 : 0);
  const stray = `(${cB}=0)*((${at('amountBefore')}<>0)+(${sB}<>0))+(${cA}=0)*((${at('amountAfter')}<>0)+(${sA}<>0))`;
  put('valid', `IF(${stray}+(${cB}=0)*(${cA}=0)>0,0,1)`, factors ? 1 : 0);
  const base = (contacts: Fraction, seconds: Fraction) => double(cell.perContact ? contacts : seconds);
  put('baseBefore', `IF(${at('perContact')}=1,${cB},${sB})`, base(before.contacts, before.seconds));
  put('baseAfter', `IF(${at('perContact')}=1,${cA},${sA})`, base(after.contacts, after.seconds));
  putFactors(frame, sheet, cell, row, put);
  putEffects(frame, sheet, cell, row, weights, put);
}

type Put = (column: string, formula: string, result: number, style?: string) => void;

/** A cell that one period does not have takes quantity and cost of the other, so that coming and going are mix. */
function putFactors(frame: Frame, sheet: Sheet, { factors }: BridgeCell, row: number, put: Put): void {
  const at = (column: string) => sheet.at(column, row);
  const result = (side: 0 | 1, factor: number) => (factors ? double(factors[side][factor]!) : 0);
  (['Before', 'After'] as const).forEach((side, i) => {
    const other = i === 0 ? 'After' : 'Before';
    const [c, oc] = [at(`contacts${side}`), at(`contacts${other}`)];
    const [u, ou] = [at(`unit${side}`), at(`unit${other}`)];
    const own = i as 0 | 1;
    put(`mix${side}`, `IF(${at('valid')}=0,0,IF(${u}=0,${oc}/${ou},${c}/${u}))`, result(own, 1));
    const quantity = `IF(${c}=0,${at(`base${other}`)}/${oc},${at(`base${side}`)}/${c})`;
    put(`handle${side}`, `IF(${at('valid')}=0,0,${quantity})`, result(own, 2));
    const cost = `IF(${c}=0,${at(`amount${other}`)}/${at(`base${other}`)},${at(`amount${side}`)}/${at(`base${side}`)})`;
    const rate = factors ? frame.exactMoney(factors[own][3]!) : 0;
    put(`rate${side}`, `IF(${at('valid')}=0,0,${cost})`, rate);
  });
}

function putEffects(frame: Frame, sheet: Sheet, { effects }: BridgeCell, row: number, weights: number, put: Put): void {
  const at = (column: string) => sheet.at(column, row);
  const [same, mixed] = ['rateBefore', 'rateAfter'].map((column) => `$${sheet.col(column)}$${weights}`);
  (['volume', 'mix', 'handle_time'] as const).forEach((effect, i) => {
    const [b, c, d] = FACTORS.filter((_, k) => k !== i).map(([low, high]) => [at(low), at(high)] as const) as [
      readonly [string, string],
      readonly [string, string],
      readonly [string, string],
    ];
    const product = (x: 0 | 1, y: 0 | 1, z: 0 | 1) => `${b[x]}*${c[y]}*${d[z]}`;
    const outer = `${product(0, 0, 0)}+${product(1, 1, 1)}`;
    const inner = [
      product(0, 0, 1),
      product(0, 1, 0),
      product(1, 0, 0),
      product(1, 1, 0),
      product(1, 0, 1),
      product(0, 1, 1),
    ];
    const [low, high] = FACTORS[i]!;
    put(
      effect,
      `(${at(high)}-${at(low)})*((${outer})*${same}+(${inner.join('+')})*${mixed})`,
      frame.exactMoney(effects[effect]),
    );
  });
  const rest = ['volume', 'mix', 'handle_time'].map((effect) => `-${at(effect)}`).join('');
  put('rate', `${at('amountAfter')}-${at('amountBefore')}${rest}`, frame.exactMoney(effects.rate));
}
