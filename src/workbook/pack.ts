import type { WorkbookModel } from './model/workbook-model.ts';
import { namePosted } from './master.ts';
import { Frame } from './plan/frame.ts';
import type { Template } from './plan/template.ts';
import { buildAbout } from './sheets/about.ts';
import { buildAudit } from './sheets/audit.ts';
import { buildBridgeCells } from './sheets/bridge-cells.ts';
import { buildBridge, buildBridgeSteps } from './sheets/bridge.ts';
import { buildChecks } from './sheets/checks.ts';
import { buildDecisions } from './sheets/decisions.ts';
import { buildDrillDown } from './sheets/drill-down.ts';
import { buildAdjustments, buildPrior } from './sheets/inputs.ts';
import { buildPackLines, buildPackRates, packChecks } from './sheets/pack-sheets.ts';
import { placePack } from './sheets/places.ts';
import { buildStatement } from './sheets/statement.ts';
import { buildSummary } from './sheets/summary.ts';
import { buildValue } from './sheets/value.ts';

/** Plan of a unit's pack: the same sheets as in the master where they are the unit's own, posted amounts as values. */
export function planPack(model: WorkbookModel, template: Template): Frame {
  const frame = new Frame(model, template);
  placePack(frame);
  buildPackRates(frame);
  buildPackLines(frame);
  if (model.adjustments.length > 0) buildAdjustments(frame);
  if (model.prior) {
    buildPrior(frame);
    buildBridgeCells(frame);
    buildBridgeSteps(frame);
  }
  for (const unit of frame.statedUnits) buildStatement(frame, unit);
  if (model.prior) buildBridge(frame);
  if (model.decisions.length > 0) buildDecisions(frame);
  if (model.value) buildValue(frame);
  if (frame.sheets.has('drillDown')) buildDrillDown(frame);
  buildAudit(frame);
  buildSummary(frame);
  buildChecks(frame, packChecks(frame));
  buildAbout(frame);
  namePosted(frame);
  return frame;
}
