import type { Frame } from '../plan/frame.ts';
import type { ColumnLayout } from '../plan/template.ts';
import { placeAssumptions } from './assumptions.ts';
import { placeChecks } from './checks.ts';
import { firstRow, GROUPS_BELOW, operating, PARKED } from './keys.ts';
import { placeRates } from './rates/rates.ts';

/**
 * Makes the sheets of a master in the order of reading and fixes where their tables stand, before any is written:
 * formulas point forwards and backwards.
 */
export function placeMaster(frame: Frame): void {
  const { model } = frame;
  const poolColumns = model.pools.map((pool): ColumnLayout => ({ key: pool.key, width: 16, format: 'money' }));
  const hasParked = model.ledger.some(({ poolKey }) => poolKey === null);
  frame.addSheet('summary');
  frame.addSheet('about');
  for (const unit of frame.statedUnits)
    frame.addSheet(`statement:${unit.key}`, frame.label('sheet.statement', { unit: unit.name }));
  frame.addSheet(
    'service',
    undefined,
    poolColumns.filter(({ key }) => frame.pool(key).split !== 'support' || frame.model.support?.zeroDriver === null),
  );
  if (model.prior) frame.addSheet('bridge');
  if (model.decisions.length > 0) frame.addSheet('decisions');
  if (model.value) frame.addSheet('value');
  frame.addSheet('rates', undefined, [
    ...poolColumns,
    ...(hasParked ? [{ key: PARKED, width: 16, format: 'money' }] : []),
  ]);
  if (model.support) frame.addSheet('support');
  frame.addSheet('allocation');
  frame.addSheet('lines');
  if (model.adjustments.length > 0) frame.addSheet('adjustments');
  if (model.prior) {
    frame.addSheet('bridgeCells');
    frame.addSheet('bridgeSteps');
  }
  frame.addSheet('reconciliation');
  for (const key of ['ledger', 'assumptions', 'standards', 'volumes']) frame.addSheet(key);
  if (model.prior) frame.addSheet('prior');
  if (model.drillDown?.rows) frame.addSheet('drillDown');
  frame.addSheet('checks');
  frame.addSheet('audit');

  const table = (key: string, count: number) => frame.addTable(key, frame.sheet(key), firstRow(frame, key), count);
  table('ledger', model.ledger.length);
  table('standards', model.standards.length);
  table('volumes', model.volumes.length);
  table('lines', model.lines.length);
  const claims = table('allocation', model.claims.length);
  frame.addTable('groups', claims.sheet, claims.last + GROUPS_BELOW, model.groups.length);
  if (model.adjustments.length > 0) table('adjustments', model.adjustments.length);
  if (model.support) table('support', model.support.rows.length);
  if (model.prior) {
    table('prior', model.prior.lines.length);
    table('bridgeCells', model.prior.cells.length);
    table('bridgeSteps', model.units.length);
    table('bridge', model.units.length);
  }
  if (model.decisions.length > 0) table('decisions', model.decisions.length + 1);
  if (model.value)
    frame.addTable('credits', frame.sheet('value'), firstRow(frame, 'value'), model.value.credits.length);
  table('summary', model.units.length);
  placeChecks(frame);
  placeAssumptions(frame);
  placeRates(frame);
}

/** Sheets and tables of a unit's pack. */
export function placePack(frame: Frame): void {
  const { model } = frame;
  frame.addSheet('summary');
  frame.addSheet('about');
  for (const unit of frame.statedUnits)
    frame.addSheet(`statement:${unit.key}`, frame.label('sheet.statement', { unit: unit.name }));
  if (model.prior) frame.addSheet('bridge');
  if (model.decisions.length > 0) frame.addSheet('decisions');
  if (model.value) frame.addSheet('value');
  frame.addSheet('packRates');
  frame.addSheet('lines', undefined, [], 'packLines');
  if (model.adjustments.length > 0) frame.addSheet('adjustments');
  if (model.prior) for (const key of ['bridgeCells', 'bridgeSteps', 'prior']) frame.addSheet(key);
  if (model.drillDown?.rows) frame.addSheet('drillDown');
  frame.addSheet('checks');
  frame.addSheet('audit');
  const table = (key: string, count: number) => frame.addTable(key, frame.sheet(key), firstRow(frame, key), count);
  table('packRates', operating(frame).length);
  table('lines', model.lines.length);
  if (model.adjustments.length > 0) table('adjustments', model.adjustments.length);
  if (model.prior) {
    table('prior', model.prior.lines.length);
    table('bridgeCells', model.prior.cells.length);
    table('bridgeSteps', model.units.length);
    table('bridge', model.units.length);
  }
  if (model.decisions.length > 0) table('decisions', model.decisions.length + 1);
  if (model.value)
    frame.addTable('credits', frame.sheet('value'), firstRow(frame, 'value'), model.value.credits.length);
  table('summary', model.units.length);
  placeChecks(frame);
}
