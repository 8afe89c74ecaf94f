import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { BridgeView, UnitView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Table } from '../plan/sheet.ts';
import { cutToMinor } from './apportionment.ts';
import { BRIDGE_ITEMS, bridgeAmount, type BridgeItem } from './bridge-items.ts';
import { addWaterfall } from './waterfall.ts';

/** Why each unit's charge moved since the last period; steps sum exactly. */
export function buildBridge(frame: Frame): void {
  const { prior, units } = frame.model;
  const table = frame.table('bridge');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  units.forEach((unit, i) => putUnit(frame, table, unit, prior!.bridges.get(unit.key)!, table.first + i));
  for (const item of [...BRIDGE_ITEMS, 'difference']) sheet.run(item, table.first, table.last);
  putTotal(frame, table);
  addWaterfall(frame, table);
}

function putUnit(frame: Frame, table: Table, unit: UnitView, bridge: BridgeView, row: number): void {
  const { sheet } = table;
  const at = (column: string) => sheet.at(column, row);
  const steps = frame.table('bridgeSteps');
  const index = row - table.first;
  const put = (item: BridgeItem, formula: string) =>
    sheet.put(item, row, calc(formula, frame.money(bridgeAmount(bridge, item))), 'Import');
  sheet.put('unit', row, text(unit.name), 'Label');
  sheet.put('code', row, text(unit.code), 'Label', 'text');
  sheet.put('unitKey', row, text(unit.key), 'Key');
  put('opening', `${steps.cell('before', index)}+${steps.cell('besideBefore', index)}`);
  for (const item of ['volume', 'mix', 'handle_time', 'rate'] as const) put(item, steps.cell(`posted_${item}`, index));
  const decided = `${steps.cell('after', index)}-${steps.cell('restated', index)}-${steps.cell('moved', index)}`;
  put('decisions', `ROUND(${decided},Digits)`);
  put('corrections', `ROUND(${steps.cell('besideAfter', index)}-${steps.cell('besideBefore', index)},Digits)`);
  put('restated', `ROUND(${steps.cell('restated', index)}-${steps.cell('before', index)},Digits)`);
  const statement = unit.hasStatement ? frame.sheet(`statement:${unit.key}`) : undefined;
  const closing = statement
    ? statement.cell('charge', frame.rowOf(statement.key, 'total'))
    : steps.cell('after', index);
  put('closing', `${closing}+${steps.cell('besideAfter', index)}`);
  const sum = `ROUND(SUM(${at('opening')}:${at('restated')})-${at('closing')},Digits)`;
  sheet.put('difference', row, calc(sum, 0), 'Calc');
}

function putTotal(frame: Frame, table: Table): void {
  const { sheet, first, last } = table;
  const row = last + 1;
  sheet.put('unit', row, text(frame.label('summary.all')), 'LabelTotal');
  sheet.put('code', row, text(frame.label('bridge.all')), 'LabelTotal');
  for (const item of BRIDGE_ITEMS) {
    const amount = [...frame.model.prior!.bridges.values()].reduce(
      (sum, bridge) => sum + bridgeAmount(bridge, item),
      0n,
    );
    sheet.put(item, row, calc(`SUM(${sheet.at(item, first)}:${sheet.at(item, last)})`, frame.money(amount)), 'Total');
  }
  sheet.put(
    'difference',
    row,
    calc(`SUM(${sheet.at('difference', first)}:${sheet.at('difference', last)})`, 0),
    'Total',
  );
}

const LIKE_FOR_LIKE = ['handle_time', 'mix', 'rate', 'volume'] as const;

/** Each unit's like-for-like change handed out in whole cents to handle time, mix, rate and volume. */
export function buildBridgeSteps(frame: Frame): void {
  const table = frame.table('bridgeSteps');
  const cells = frame.table('bridgeCells');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  const lines = frame.table('lines');
  const priorLines = frame.table('prior');
  frame.model.units.forEach((unit, i) => {
    const row = table.first + i;
    const at = (column: string) => sheet.at(column, row);
    const bridge = frame.model.prior!.bridges.get(unit.key)!;
    const put = (column: string, formula: string, result: number, style = 'Calc') =>
      sheet.put(column, row, calc(formula, result), style);
    sheet.put('unitKey', row, text(unit.key), 'Key');
    sheet.put('unit', row, text(unit.name), 'Label');
    const before = (column: string) =>
      `SUMIFS(${priorLines.range(column)},${priorLines.range('unitKey')},${at('unitKey')})`;
    const after = `SUMIFS(${lines.range('amount')},${lines.range('unitKey')},${at('unitKey')},${lines.range('charged')},1)`;
    const { corrections, restated } = bridge.steps;
    const issued = bridge.opening - bridge.lastAdjustments;
    const beside = corrections + bridge.lastAdjustments;
    put('before', before('amount'), frame.money(issued), 'Import');
    put('restated', before('restatedAmount'), frame.money(issued + restated), 'Import');
    sheet.put('besideBefore', row, number(frame.money(bridge.lastAdjustments)), 'Posted');
    put('after', after, frame.money(bridge.closing - beside), 'Import');
    put('besideAfter', besideFormula(frame, at('unitKey')), frame.money(beside), 'Import');
    const sum = (column: string) => `SUMIFS(${cells.range(column)},${cells.range('unitKey')},${at('unitKey')})`;
    put(
      'moved',
      `ROUND(${sum('amountAfter')}-${sum('amountBefore')},Digits)`,
      frame.money(bridge.likeForLike),
      'Import',
    );
    const across = (group: string) => {
      const [from, to] = [LIKE_FOR_LIKE[0], LIKE_FOR_LIKE.at(-1)!];
      return `$${sheet.col(`${group}_${from}`)}${row}:$${sheet.col(`${group}_${to}`)}${row}`;
    };
    put(
      'missing',
      `ROUND((${at('moved')}-SUM(${across('whole')}))/MinorUnit,0)`,
      Number(bridge.apportioned[0]!.missing),
    );
    LIKE_FOR_LIKE.forEach((step, k) => {
      const part = bridge.apportioned[k]!;
      put(`quota_${step}`, `ROUND(${sum(step)},6)`, double(Fraction.of(part.quota, 1_000_000n)), 'Import');
      put(`whole_${step}`, cutToMinor(at(`quota_${step}`)), frame.money(part.whole));
      const missing = `$${at('missing')}`;
      put(
        `remainder_${step}`,
        `ROUND(${at(`quota_${step}`)}-${at(`whole_${step}`)},6)*IF(${missing}<0,-1,1)`,
        double(Fraction.of(part.remainder, 1_000_000n)),
      );
      const self = at(`remainder_${step}`);
      const from = `$${sheet.col(`remainder_${LIKE_FOR_LIKE[0]}`)}${row}`;
      put(
        `rank_${step}`,
        `SUMPRODUCT((${across('remainder')}>${self})*1)+SUMPRODUCT((${from}:${self}=${self})*1)`,
        part.rank,
      );
      const cent = `IF(${at(`rank_${step}`)}<=ABS(${missing}),IF(${missing}<0,-1,1)*MinorUnit,0)`;
      put(`posted_${step}`, `ROUND(${at(`whole_${step}`)}+${cent},Digits)`, frame.money(part.posted), 'Word');
    });
    const posted = across('posted');
    put('total', `SUM(${posted})`, frame.money(bridge.likeForLike));
  });
  for (const column of sheet.columns)
    if (column.format && column.key !== 'besideBefore') sheet.run(column.key, table.first, table.last);
}

/** What the period books beside the unit's charge. */
export function besideFormula(frame: Frame, key: string): string {
  const table = frame.tables.get('adjustments');
  return table ? `SUMIFS(${table.range('amount')},${table.range('unitKey')},${key})` : `0*LEN(${key})`;
}
