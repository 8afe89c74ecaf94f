import { Frame } from './plan/frame.ts';
import type { Table } from './plan/sheet.ts';
import type { Template } from './plan/template.ts';
import { TIE_OUT } from './result.ts';
import type { WorkbookModel } from './model/workbook-model.ts';
import { buildAbout } from './sheets/about.ts';
import { buildAllocation } from './sheets/allocation.ts';
import { buildAssumptions } from './sheets/assumptions.ts';
import { buildAudit } from './sheets/audit.ts';
import { buildBridgeCells } from './sheets/bridge-cells.ts';
import { buildBridge, buildBridgeSteps } from './sheets/bridge.ts';
import { buildChecks, masterChecks } from './sheets/checks.ts';
import { buildDecisions } from './sheets/decisions.ts';
import { buildDrillDown } from './sheets/drill-down.ts';
import { buildAdjustments, buildLedger, buildPrior, buildStandards, buildVolumes } from './sheets/inputs.ts';
import { buildLines } from './sheets/lines.ts';
import { placeMaster } from './sheets/places.ts';
import { buildRates } from './sheets/rates/rates.ts';
import { buildReconciliation } from './sheets/reconciliation.ts';
import { buildService } from './sheets/service.ts';
import { buildStatement } from './sheets/statement.ts';
import { buildSummary } from './sheets/summary.ts';
import { buildSupport } from './sheets/support.ts';
import { buildValue } from './sheets/value.ts';

/** Plan of the master workbook: all sheets, every computed cell a formula with the engine's result. */
export function planMaster(model: WorkbookModel, template: Template): Frame {
  const frame = new Frame(model, template);
  placeMaster(frame);
  buildAssumptions(frame);
  buildLedger(frame);
  buildStandards(frame);
  buildVolumes(frame);
  if (model.support) buildSupport(frame);
  buildRates(frame);
  buildAllocation(frame);
  buildLines(frame);
  if (model.adjustments.length > 0) buildAdjustments(frame);
  if (model.prior) {
    buildPrior(frame);
    buildBridgeCells(frame);
    buildBridgeSteps(frame);
  }
  for (const unit of frame.statedUnits) buildStatement(frame, unit);
  if (model.prior) buildBridge(frame);
  buildService(frame);
  if (model.decisions.length > 0) buildDecisions(frame);
  if (model.value) buildValue(frame);
  if (frame.sheets.has('drillDown')) buildDrillDown(frame);
  buildReconciliation(frame);
  buildSummary(frame);
  buildChecks(frame, masterChecks(frame));
  buildAudit(frame);
  buildAbout(frame);
  namePosted(frame);
  return frame;
}

/** Names of the cells that hold what is posted: `verify` finds them in a saved copy of any language. */
export function namePosted(frame: Frame): void {
  const name = (range: string, table: Table, column: string) => frame.ranges.set(range, table.range(column));
  const audit = frame.sheet('audit');
  for (const item of ['company', 'period', 'currency', 'runHash', 'resultHash', 'templateVersion', 'unit'])
    if (frame.hasItem('audit', item)) frame.ranges.set(`Run_${item}`, audit.cell('value', frame.rowOf('audit', item)));
  const lines = frame.table('lines');
  name('Posted_lineIds', lines, 'id');
  name('Posted_lineAmounts', lines, 'amount');
  const adjustments = frame.tables.get('adjustments');
  if (adjustments) {
    name('Posted_adjustmentIds', adjustments, 'id');
    name('Posted_adjustmentAmounts', adjustments, 'amount');
  }
  const allocation = frame.tables.get('allocation');
  if (!allocation) return;
  name('Posted_resultKinds', allocation, 'result');
  name('Posted_resultPools', allocation, 'poolKey');
  name('Posted_resultNos', allocation, 'resultNo');
  name('Posted_resultAmounts', allocation, 'posted');
  const reconciliation = frame.sheet('reconciliation');
  for (const term of TIE_OUT) {
    const column = term === 'ledger' ? 'ledger' : 'result';
    frame.ranges.set(`Tie_${term}`, reconciliation.cell(column, frame.rowOf('reconciliation', term)));
  }
}
