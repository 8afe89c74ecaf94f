import { resultHash } from '../result.ts';
import { postedOf, numbered } from './build-model.ts';
import type { DecisionView, LineView, PriorView, WorkbookModel } from './workbook-model.ts';

/** Key of the one unit of a pack: its number among the others is nobody's business. */
const OWN_KEY = 'U01';

/**
 * What a unit's pack shows, built from the unit's own rows alone: posted amounts as values, its bridge, its decisions.
 * Nothing of another unit comes in: no row, name, number or total from which one could be told.
 */
export function packModel(master: WorkbookModel, code: string, templateVersion: string): WorkbookModel {
  const unit = master.units.find((candidate) => candidate.code === code)!;
  const ownLines = master.lines.filter(({ unitKey }) => unitKey === unit.key);
  const ownPrior = master.prior?.lines.filter(({ unitKey }) => unitKey === unit.key) ?? [];
  const decisions = master.decisions.filter(({ key }) =>
    [...ownLines, ...ownPrior].some(({ decisionKey }) => decisionKey === key),
  );
  const decisionKeys = new Map(decisions.map(({ key }, i) => [key, numbered('D', i, decisions.length)]));
  const poolKeys = new Set([...ownLines, ...ownPrior].map(({ poolKey }) => poolKey));
  const prior = master.prior && ownPriorView(master.prior, unit.key, decisionKeys);
  const cellNo = new Map(
    master.prior?.cells.filter(({ unitKey }) => unitKey === unit.key).map(({ no }, i) => [no, i + 1]),
  );
  const lines = ownLines.map((line, i): LineView => ({
    ...line,
    no: i + 1,
    unitKey: OWN_KEY,
    decisionKey: line.decisionKey && decisionKeys.get(line.decisionKey)!,
    bridgeCell: line.bridgeCell && cellNo.get(line.bridgeCell)!,
    groupNo: null,
    claimNo: null,
  }));
  const rows = master.drillDown?.rows && ownRows(master.drillDown.rows, code);
  const model: Omit<WorkbookModel, 'resultHash'> = {
    ...master,
    scope: 'pack',
    units: [{ ...unit, key: OWN_KEY }],
    pools: master.pools.filter(({ key }) => poolKeys.has(key)),
    decisions: decisions.map((decision): DecisionView => ({ ...decision, key: decisionKeys.get(decision.key)! })),
    currencies: [],
    ledger: [],
    support: undefined,
    standards: [],
    volumes: [],
    claims: [],
    groups: [],
    lines,
    serviceKinds: [],
    prior,
    adjustments: master.adjustments
      .filter(({ unitKey }) => unitKey === unit.key)
      .map((adjustment) => ({ ...adjustment, unitKey: OWN_KEY })),
    profits: ownProfits(master, unit.key),
    value: ownValue(master, unit.key),
    drillDown: rows && { rows, count: rows.length, parts: [] },
    run: { ...master.run, inputs: [] },
  };
  return { ...model, resultHash: resultHash(postedOf(model, templateVersion)) };
}

function ownPriorView(prior: PriorView, unitKey: string, decisionKeys: ReadonlyMap<string, string>): PriorView {
  const cells = prior.cells.filter((cell) => cell.unitKey === unitKey);
  const cellNo = new Map(cells.map(({ no }, i) => [no, i + 1]));
  return {
    ...prior,
    lines: prior.lines
      .filter((line) => line.unitKey === unitKey)
      .map((line) => ({
        ...line,
        unitKey: OWN_KEY,
        decisionKey: line.decisionKey && decisionKeys.get(line.decisionKey)!,
        bridgeCell: cellNo.get(line.bridgeCell)!,
      })),
    cells: cells.map((cell, i) => ({ ...cell, no: i + 1, unitKey: OWN_KEY })),
    bridges: new Map([[OWN_KEY, prior.bridges.get(unitKey)!]]),
  };
}

/** What is netted with the unit; nothing where nothing is. */
function ownValue({ value }: WorkbookModel, unitKey: string): WorkbookModel['value'] {
  const credits = (value?.credits ?? []).filter((credit) => credit.unitKey === unitKey);
  if (credits.length === 0) return undefined;
  return { service: null, effects: [], credits: credits.map((credit) => ({ ...credit, unitKey: OWN_KEY })) };
}

/** Profit and loss of decisions that are the unit's alone: of a shared one the total would tell the other's part. */
function ownProfits(master: WorkbookModel, unitKey: string): WorkbookModel['profits'] {
  if (master.profits === undefined) return undefined;
  const shared = (key: string) =>
    [...master.lines, ...(master.prior?.lines ?? [])].some(
      (line) => line.decisionKey === key && line.unitKey !== unitKey,
    );
  const own = master.decisions.filter(({ key }) => !shared(key)).map(({ code }) => code);
  const profits = [...master.profits].filter(([code]) => own.includes(code));
  return profits.length === 0 ? undefined : new Map(profits);
}

/** Rows of the drill-down begin with the unit's code. */
function ownRows(rows: Iterable<readonly (string | number | null)[]>, code: string) {
  const own = [...rows].filter(([unit]) => unit === code);
  return Object.assign(own, { count: own.length });
}
