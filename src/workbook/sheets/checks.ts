import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { SupportRow } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Sheet } from '../plan/sheet.ts';
import type { CheckText } from '../plan/template.ts';

/** Two figures that must agree: formulas and what they give now. */
export interface Check {
  readonly first: readonly [formula: string, result: number];
  readonly second: readonly [formula: string, result: number];
}

const WORDS = ['ok', 'changed', 'fail', 'agrees', 'differs', 'pass', 'failed'] as const;
const TOP = { errors: 6, changed: 7, status: 8, words: 2 } as const;
const TOLERANCES = { cent: 'CentTol', share: 'ShareTol', count: 'CountTol' } as const;

/** Fixes the rows of the words that formulas of other sheets show. */
export function placeChecks(frame: Frame): void {
  WORDS.forEach((word, i) => frame.place('checks', `word:${word}`, TOP.words + i));
}

/** Every check with both figures, its difference and tolerance; an error is a failure, never a pass. */
export function buildChecks(frame: Frame, figures: ReadonlyMap<string, Check>): void {
  const sheet = frame.sheet('checks');
  frame.head(sheet);
  frame.headers(sheet);
  const checks = frame.template.checks.filter(({ id }) => figures.has(id));
  const first = sheet.layout.headerRow + 1;
  const last = first + checks.length - 1;
  checks.forEach((check, i) => putCheck(frame, sheet, check, figures.get(check.id)!, i + 1, first + i));
  for (const column of ['difference', 'failed', 'status']) sheet.run(column, first, last);
  putMaster(frame, sheet, first, last);
  const status = `${sheet.at('status', first)}:${sheet.at('status', last)}`;
  const failed = `$${sheet.col('failed')}${first}`;
  sheet.conditionals.push({ range: status, when: `${failed}=1`, style: 'bad' });
  sheet.conditionals.push({ range: status, when: `${failed}=0`, style: 'good' });
}

function putCheck(frame: Frame, sheet: Sheet, check: CheckText, figure: Check, no: number, row: number): void {
  const at = (column: string) => sheet.at(column, row);
  sheet.put('no', row, number(no), 'Key');
  sheet.put('check', row, text(frame.label(`check.${check.id}`)), 'Label');
  sheet.put('kind', row, text(frame.label(`check.kind.${check.kind}`)), 'Unit');
  sheet.put('first', row, calc(...figure.first), 'Import', 'check');
  sheet.put('second', row, calc(...figure.second), 'Import', 'check');
  sheet.put(
    'difference',
    row,
    calc(`${at('first')}-${at('second')}`, figure.first[1] - figure.second[1]),
    'Calc',
    'check',
  );
  const tolerance = { cent: 0.5 / 10 ** frame.model.digits, share: 0.000001, count: 0.001 }[check.tolerance];
  sheet.put('tolerance', row, calc(TOLERANCES[check.tolerance], tolerance), 'Calc', 'share');
  const failed = `IF(ISERROR(${at('difference')}),1,IF(ABS(${at('difference')})>${at('tolerance')},1,0))`;
  sheet.put('failed', row, calc(failed, 0), 'Calc', 'count');
  const [pass, fail] = ['word:pass', 'word:failed'].map(
    (word) => `$${sheet.col('word')}$${frame.rowOf('checks', word)}`,
  );
  sheet.put('status', row, calc(`IF(${at('failed')}=0,${pass},${fail})`, frame.label('checks.word.pass')), 'Word');
  frame.place('checks', check.id, row);
}

/** Failed checks of the arithmetic, figures that are no longer the run's, and the one word that every sheet shows. */
function putMaster(frame: Frame, sheet: Sheet, first: number, last: number): void {
  const value = sheet.col('first');
  const range = (column: string) => `${sheet.at(column, first)}:${sheet.at(column, last)}`;
  const kinds = { errors: 'error', changed: 'run' } as const;
  for (const item of ['errors', 'changed'] as const) {
    const row = TOP[item];
    sheet.put('check', row, text(frame.label(`checks.${item}`)), 'Label');
    sheet.put('kind', row, text(frame.label(`check.kind.${kinds[item]}`)), 'Unit');
    const formula = `SUMIFS(${range('failed')},${range('kind')},${sheet.at('kind', row)})`;
    sheet.put('first', row, calc(formula, 0), 'Calc', 'count');
  }
  WORDS.forEach((word, i) => {
    sheet.put('word', TOP.words + i, text(frame.label(`checks.word.${word}`)), 'Note');
  });
  const word = (item: (typeof WORDS)[number]) => `${sheet.col('word')}${frame.rowOf('checks', `word:${item}`)}`;
  const formula = `IF(${value}${TOP.errors}>0,${word('fail')},IF(${value}${TOP.changed}>0,${word('changed')},${word('ok')}))`;
  sheet.put('check', TOP.status, text(frame.label('checks.status')), 'Label');
  sheet.put('first', TOP.status, calc(formula, frame.label('checks.word.ok')), 'Word');
  frame.name('MasterStatus', sheet.cell('first', TOP.status));
  frame.name('ChecksFailed', sheet.cell('first', TOP.errors));
  frame.name('RunChanged', sheet.cell('first', TOP.changed));
  const tolerances = [
    ['CentTol', 0.5 / 10 ** frame.model.digits, 'share'],
    ['ShareTol', 0.000001, 'share'],
    ['CountTol', 0.001, 'share'],
    ['JumpAlert', 0.1, 'percent'],
    ['Digits', frame.model.digits, 'count'],
    ['MinorUnit', 1 / 10 ** frame.model.digits, 'share'],
  ] as const;
  tolerances.forEach(([name, size, format], i) => {
    sheet.put('difference', TOP.errors + i, text(frame.label(`checks.${name}`)), 'LabelRight');
    sheet.put('tolerance', TOP.errors + i, number(size), 'Input', format);
    frame.name(name, sheet.cell('tolerance', TOP.errors + i));
  });
}

/** The figures of a master's checks; those that its parts do not have are left out. */
export function masterChecks(frame: Frame): Map<string, Check> {
  const { model } = frame;
  const r = model.reconciliation;
  const checks = new Map<string, Check>();
  const add = (id: string, first: Check['first'], second: Check['second'] = ['0', 0]) =>
    checks.set(id, { first, second });
  const rec = frame.sheet('reconciliation');
  const recCell = (column: string, item: string) => rec.cell(column, frame.rowOf('reconciliation', item));
  const lines = frame.table('lines');
  const allocation = frame.table('allocation');
  const volumes = frame.table('volumes');
  const rates = frame.sheet('rates');
  const rateRow = (item: string) => {
    const row = frame.rowOf('rates', item);
    const pools = model.pools.filter(({ split }) => split !== 'support');
    return rates.range(pools[0]!.key, row, row, pools.at(-1)!.key);
  };
  const summary = frame.table('summary');
  const ofSummary = (column: string) => summary.sheet.cell(column, frame.rowOf('summary', 'total'));
  const money = (amount: bigint) => frame.money(amount);

  add(
    'ledger_reconciled',
    [recCell('ledger', 'difference'), money(r.ledger)],
    [recCell('result', 'difference'), money(r.ledger - r.difference)],
  );
  add('pools_given', [absolute(rateRow('outDifference')), 0]);
  if (model.support) {
    const support = frame.table('support');
    const total = (of: (row: SupportRow) => bigint) =>
      money((model.support?.rows ?? []).reduce((sum, row) => sum + of(row), 0n));
    add(
      'support_passed',
      [`SUM(${support.range('posted')})`, total((row) => row.apportioned.posted)],
      [`ROUND(SUM(${support.range('exact')}),Digits)`, total((row) => row.apportioned.posted)],
    );
    if (model.support.rows.length > 0) add('support_shares', [absolute(`(${support.range('shares')}-1)`), 0]);
  }
  const share = volumes.range('share');
  add('shares_within', [`SUMPRODUCT((${share}<0)+(${share}>1))`, 0]);
  const handled = model.volumes
    .filter(({ poolKey }) => frame.pool(poolKey).pool.layer === 'handling')
    .reduce((sum, volume) => sum.plus(volume.attributed), Fraction.ZERO);
  const assumptions = frame.sheet('assumptions');
  const period = (item: string) => assumptions.cell('c', frame.rowOf('assumptions', item));
  add(
    'contacts_attributed',
    [`SUMIFS(${volumes.range('attributed')},${volumes.range('handling')},1)`, double(handled)],
    [`${period('contacts')}-${period('unserved')}`, double(model.contacts.minus(model.unservedContacts))],
  );
  if (model.drillDown?.rows) {
    const rows = frame.table('drillDown');
    const sum = double(model.volumes.reduce((all, volume) => all.plus(volume.contacts), Fraction.ZERO));
    add('seconds_drilled', [`SUM(${rows.range('contacts')})`, sum], [`SUM(${volumes.range('contacts')})`, sum]);
  }
  const [c, s] = [volumes.range('contacts'), volumes.range('seconds')];
  add('nothing_negative', [`SUMPRODUCT((${c}<0)+(${s}<0))`, 0]);
  const contactLines = model.lines.filter(({ line }) => line.kind === 'contacts');
  const posted = money(contactLines.reduce((sum, { line }) => sum + line.amount, 0n));
  add(
    'allocation_lines',
    [`SUMIFS(${allocation.range('posted')},${allocation.range('resultNo')},1)`, posted],
    [`SUMIFS(${lines.range('amount')},${lines.range('kindNo')},1)`, posted],
  );
  const charged = money(r.charged);
  add(
    'statements_summary',
    [ofSummary('charge'), charged],
    [`SUMIFS(${lines.range('amount')},${lines.range('charged')},1)`, charged],
  );
  add('units_reconciled', [ofSummary('charge'), charged], [recCell('result', 'charged'), charged]);
  add('statements_lines', [absolute(`(${summary.range('charge')}-${summary.range('fromLines')})`), 0]);
  add('statement_decisions', [absolute(`(${summary.range('charge')}-${summary.range('fromDecisions')})`), 0]);
  if (frame.tables.has('decisions')) {
    const decided = `SUM(${frame.table('decisions').range('cost')})`;
    add('decisions_lines', [decided, charged], [ofSummary('charge'), charged]);
  }
  const kept = r.serviceVariances + r.unusedCapacity + r.unattributed;
  const service = frame.sheet('service');
  add(
    'service_reconciled',
    [service.cell('total', frame.rowOf('service', 'total')), money(kept)],
    [
      ['serviceVariances', 'unusedCapacity', 'unattributed'].map((item) => recCell('result', item)).join('+'),
      money(kept),
    ],
  );
  const journal = frame.rowOf('reconciliation', 'journal');
  const debit = (rec.get('ledger', journal)!.content as { result: number }).result;
  add('journal_balances', [rec.cell('ledger', journal), debit], [rec.cell('result', journal), debit]);
  if (model.prior) addBridgeChecks(frame, add);
  add('no_errors', [errorsFormula(frame), 0]);
  add('run_lines', [absolute(lines.range('difference')), 0]);
  add('run_service', [absolute(allocation.range('difference')), 0]);
  if (model.support) add('run_support', [absolute(frame.table('support').range('difference')), 0]);
  const groups = [
    'ledger',
    'charged',
    'serviceVariances',
    'unusedCapacity',
    'unattributed',
    'withheld',
    'parked',
    'conversion',
  ];
  add('run_reconciliation', [groups.map((item) => `ABS(${recCell('difference', item)})`).join('+'), 0]);
  return checks;
}

export type Add = (id: string, first: Check['first'], second?: Check['second']) => void;

export function addBridgeChecks(frame: Frame, add: Add): void {
  const { model } = frame;
  const bridge = frame.table('bridge');
  const prior = frame.table('prior');
  const summary = frame.table('summary').sheet;
  const total = frame.rowOf('summary', 'total');
  const last = frame.money(model.prior!.lines.reduce((sum, line) => sum + line.amount, 0n));
  const now = frame.money([...model.prior!.bridges.values()].reduce((sum, { closing }) => sum + closing, 0n));
  add('bridge_closes', [absolute(bridge.range('difference')), 0]);
  add(
    'bridge_statements',
    [`SUM(${bridge.range('closing')})`, now],
    [`${summary.cell('net', total)}+${summary.cell('retention', total)}`, now],
  );
  add('last_as_issued', [summary.cell('last', total), last], [`SUM(${prior.range('amount')})`, last]);
}

/** Sum of magnitudes by operators alone: programs differ in what functions do to a range inside SUMPRODUCT. */
function absolute(range: string): string {
  return `SUMPRODUCT(((${range}>0)-(${range}<0))*${range})`;
}

/** Zero, or an error as soon as one cell of the sheets that compute has one: then the check fails. */
function errorsFormula(frame: Frame): string {
  const ranges = ['volumes', 'allocation', 'lines', 'support', 'bridgeCells'].flatMap((key) => {
    const table = frame.tables.get(key);
    return table ? [table.sheet.range('A', table.first, table.last, table.sheet.columns.at(-1)!.key)] : [];
  });
  return `0*(${ranges.map((range) => `SUM(${range})`).join('+')})`;
}
