import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text } from '../plan/sheet.ts';
import { addBridgeChecks, type Check } from './checks.ts';
import { asTable } from './inputs.ts';
import { operating } from './keys.ts';
import { putKeys } from './lines.ts';

/** Rates that the unit is charged at: exact as a value, published as a label. */
export function buildPackRates(frame: Frame): void {
  const table = frame.table('packRates');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  operating(frame).forEach((pool, i) => {
    const row = table.first + i;
    const timed = pool.shownPer === 60;
    const rate = pool.result.chargeRate;
    sheet.put('pool', row, text(pool.name), 'Label');
    sheet.put('poolKey', row, text(pool.key), 'Key');
    const unit = frame.label(timed ? 'packRates.perMinute' : 'packRates.perContact', {
      currency: frame.model.currency,
    });
    sheet.put('unit', row, text(unit), 'Unit');
    sheet.put('rate', row, number(frame.exactMoney(rate)), 'Posted');
    sheet.put('shownPer', row, number(pool.shownPer), 'KeyRight');
    const published = frame.exactMoney(rate.times(BigInt(pool.shownPer)));
    sheet.put('published', row, calc(`${sheet.at('rate', row)}*${sheet.at('shownPer', row)}`, published), 'Word');
    const source = pool.split === 'standard' ? pool.result.rateSource : 'actual';
    sheet.put('source', row, text(frame.label(`pool.source.${source}`)), 'Label');
  });
  if (table.count === 0) sheet.put('pool', table.first, text(frame.label('table.empty')), 'Note');
  sheet.run('published', table.first, table.last);
}

/** The unit's lines as posted: values, because what they come from is not the unit's to see. */
export function buildPackLines(frame: Frame): void {
  const table = frame.table('lines');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  frame.model.lines.forEach((view, i) => {
    const row = table.first + i;
    const pool = frame.pool(view.poolKey);
    putKeys(frame, table, view, row);
    const quantity = pool.pricedBy === 'standard' ? view.standard : view.used;
    sheet.put('contacts', row, number(double(view.contacts)), 'Posted');
    sheet.put('handleSeconds', row, number(double(view.line.handleSeconds)), 'Posted');
    sheet.put('quantity', row, number(double(quantity)), 'Posted');
    sheet.put('amount', row, number(frame.money(view.line.amount)), 'PostedWord');
  });
  if (sheet.has('likeForLike')) sheet.run('likeForLike', table.first, table.last);
  asTable(frame, table, 'tblLines');
}

/** The figures of a pack's checks. */
export function packChecks(frame: Frame): Map<string, Check> {
  const { model } = frame;
  const checks = new Map<string, Check>();
  const add = (id: string, first: Check['first'], second: Check['second'] = ['0', 0]) =>
    checks.set(id, { first, second });
  const lines = frame.table('lines');
  const statement = frame.sheet(`statement:${model.units[0]!.key}`);
  const of = (column: string, item: string) => statement.cell(column, frame.rowOf(statement.key, item));
  const charged = model.lines.filter(({ line }) => line.treatment === 'charged');
  const gross = frame.money(charged.reduce((sum, { line }) => sum + line.amount, 0n));
  const all = frame.money(model.lines.reduce((sum, { line }) => sum + line.amount, 0n));
  add(
    'lines_of_pack',
    [of('charge', 'total'), gross],
    [`SUMIFS(${lines.range('amount')},${lines.range('charged')},1)`, gross],
  );
  add('statement_decisions', [of('charge', 'decisions'), gross], [of('charge', 'total'), gross]);
  const summary = frame.sheet('summary');
  const total = frame.rowOf('summary', 'total');
  add('statements_summary', [summary.cell('charge', total), gross], [of('charge', 'total'), gross]);
  const handled = double(
    charged
      .filter(({ poolKey }) => frame.pool(poolKey).pool.layer === 'handling')
      .reduce((sum, { contacts }) => sum.plus(contacts), Fraction.ZERO),
  );
  const ofLines = `SUMIFS(${lines.range('contacts')},${lines.range('charged')},1,${lines.range('handling')},1)`;
  add('contacts_of_pack', [of('contacts', 'total'), handled], [ofLines, handled]);
  if (model.prior) addBridgeChecks(frame, add);
  const posted = frame.sheet('audit').cell('more', frame.rowOf('audit', 'posted'));
  add('run_lines', [`SUM(${lines.range('amount')})`, all], [posted, all]);
  return checks;
}
