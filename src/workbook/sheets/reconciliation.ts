import type { UnitView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Content } from '../plan/sheet.ts';
import { adjustmentOf, PARKED, serviceLabel } from './keys.ts';

interface Item {
  readonly item: string;
  readonly label: string;
  readonly key: string | null;
  readonly formula: string;
  readonly amount: bigint;
}

/** Ledger against everything that it became, to the cent, and the journal that posts it. */
export function buildReconciliation(frame: Frame): void {
  const { model } = frame;
  const sheet = frame.sheet('reconciliation');
  const { reconciliation: r } = model;
  frame.head(sheet);
  frame.headers(sheet);
  let row = sheet.layout.headerRow;
  const fx = frame.table('assumptions.currencies');
  const ledger = frame.table('ledger');
  const firstLedger = row + 1;
  model.currencies.forEach(({ code, total }, i) => {
    row += 1;
    sheet.put('item', row, text(frame.label('reconciliation.ledgerOf', { currency: code })), 'Label');
    sheet.put('key', row, text(code), 'Key');
    sheet.put('unit', row, text(model.currency), 'Unit');
    const sum = `SUMIFS(${ledger.range('amount')},${ledger.range('currency')},${sheet.at('key', row)})`;
    sheet.put('ledger', row, calc(`ROUND(${sum}*${fx.cell('c', i)},Digits)`, frame.money(total)), 'Import');
    frame.place('reconciliation', `ledger:${code}`, row);
  });
  row += 1;
  putSubtotal(frame, 'ledger', row, 'ledger', firstLedger, r.ledger);
  row = putGroup(frame, row, 'charged', chargedItems(frame), r.charged);
  const kinds = (prefix: string) =>
    model.serviceKinds.filter((kind) => kind.startsWith(prefix)).map((kind) => serviceItem(frame, kind));
  row = putGroup(frame, row, 'serviceVariances', kinds('variance.'), r.serviceVariances);
  row = putGroup(frame, row, 'unusedCapacity', kinds('unused.'), r.unusedCapacity);
  row = putGroup(frame, row, 'unattributed', [...kinds('unattributed'), ...unplacedItem(frame)], r.unattributed);
  const lines = frame.table('lines');
  const byTreatment = (treatment: 0 | 2) => `SUMIFS(${lines.range('amount')},${lines.range('charged')},${treatment})`;
  row = putGroup(frame, row, 'withheld', [], r.withheld, byTreatment(0));
  const rates = frame.sheet('rates');
  const ownRow = frame.rowOf('rates', 'own');
  const parked = rates.has(PARKED) ? `+${rates.cell(PARKED, ownRow)}` : '';
  row = putGroup(frame, row, 'parked', [], r.parked, byTreatment(2) + parked);
  const total = sheet.at('ledger', frame.rowOf('reconciliation', 'ledger'));
  row = putGroup(frame, row, 'conversion', [], r.conversion, `${total}-${rates.cell('total', ownRow)}`);
  row = putDifference(frame, row + 1);
  putJournal(frame, row + 2);
}

function putSubtotal(
  frame: Frame,
  item: string,
  row: number,
  column: 'ledger' | 'result',
  first: number,
  amount: bigint,
  formula?: string,
): void {
  const sheet = frame.sheet('reconciliation');
  frame.place('reconciliation', item, row);
  const sum = first < row ? `SUM(${sheet.at(column, first)}:${sheet.at(column, row - 1)})` : '0';
  for (const empty of ['key', 'unit', 'ledger', 'result', 'note']) sheet.put(empty, row, text(null), 'Subtotal');
  sheet.put('item', row, text(frame.label(`reconciliation.${item}`)), 'LabelSubtotal');
  sheet.put('unit', row, text(frame.model.currency), 'UnitSubtotal');
  sheet.put(column, row, calc(formula ?? sum, frame.money(amount)), 'Subtotal');
  sheet.put('asPosted', row, number(frame.money(amount)), 'SubtotalPosted');
  const difference = `${sheet.at(column, row)}-${sheet.at('asPosted', row)}`;
  sheet.put('difference', row, calc(difference, 0), 'Subtotal');
}

function putGroup(
  frame: Frame,
  after: number,
  item: string,
  parts: readonly Item[],
  amount: bigint,
  formula?: string,
): number {
  const sheet = frame.sheet('reconciliation');
  parts.forEach((part, i) => {
    const row = after + 1 + i;
    sheet.put('item', row, text(part.label), 'Indented');
    sheet.put('key', row, text(part.key), 'Key', 'text');
    sheet.put('unit', row, text(frame.model.currency), 'Unit');
    sheet.put('result', row, calc(part.formula, frame.money(part.amount)), 'Import');
    frame.place('reconciliation', part.item, row);
  });
  const row = after + parts.length + 1;
  putSubtotal(frame, item, row, 'result', after + 1, amount, formula);
  return row;
}

function chargedItems(frame: Frame): Item[] {
  const lines = frame.table('lines');
  return frame.statedUnits.map((unit) => ({
    item: `unit:${unit.key}`,
    label: frame.label('reconciliation.unit', { unit: unit.name }),
    key: unit.key,
    formula: chargeOf(frame, lines, unit),
    amount: grossOf(frame, unit),
  }));
}

function chargeOf(frame: Frame, lines: { range(column: string): string }, unit: UnitView): string {
  const key = unit.key;
  const index = frame.model.units.findIndex((other) => other.key === key);
  const own = frame.table('assumptions.units').cell('c', index);
  return `SUMIFS(${lines.range('amount')},${lines.range('unitKey')},${own},${lines.range('charged')},1)`;
}

export function grossOf(frame: Frame, unit: UnitView): bigint {
  return frame.model.lines
    .filter(({ unitKey, line }) => unitKey === unit.key && line.treatment === 'charged')
    .reduce((sum, { line }) => sum + line.amount, 0n);
}

function serviceItem(frame: Frame, kind: string): Item {
  const amount = frame.model.claims
    .filter((claim) => claim.serviceKind === kind && claim.kept)
    .reduce((sum, claim) => sum + claim.apportioned.posted, 0n);
  const formula = frame.sheet('service').cell('total', frame.rowOf('service', kind));
  return { item: `kind:${kind}`, label: serviceLabel(frame, kind), key: kind, formula, amount };
}

function unplacedItem(frame: Frame): Item[] {
  const kinds = frame.model.claims
    .filter(({ serviceKind, kept }) => serviceKind === 'unattributed' && kept)
    .reduce((sum, claim) => sum + claim.apportioned.posted, 0n);
  const amount = frame.model.reconciliation.unattributed - kinds;
  const sheet = frame.sheet('service');
  const row = frame.hasItem('service', 'unplaced') ? frame.rowOf('service', 'unplaced') : undefined;
  if (row === undefined) return [];
  return [
    { item: 'unplaced', label: frame.label('service.unplaced'), key: null, formula: sheet.cell('total', row), amount },
  ];
}

function putDifference(frame: Frame, row: number): number {
  const { reconciliation: r } = frame.model;
  const sheet = frame.sheet('reconciliation');
  const items = ['charged', 'serviceVariances', 'unusedCapacity', 'unattributed', 'withheld', 'parked', 'conversion'];
  const result = items.map((item) => sheet.at('result', frame.rowOf('reconciliation', item))).join('+');
  const ledger = sheet.at('ledger', frame.rowOf('reconciliation', 'ledger'));
  sheet.put('item', row, text(frame.label('reconciliation.difference')), 'LabelTotal');
  sheet.put('key', row, text(null), 'Total');
  sheet.put('unit', row, text(frame.model.currency), 'UnitTotal');
  sheet.put('ledger', row, calc(ledger, frame.money(r.ledger)), 'Total');
  sheet.put('result', row, calc(result, frame.money(r.ledger - r.difference)), 'Total');
  sheet.put('asPosted', row, text(null), 'Total');
  const difference = `ROUND(${sheet.at('ledger', row)}-${sheet.at('result', row)},Digits)`;
  sheet.put('difference', row, calc(difference, frame.money(r.difference)), 'Total');
  const checks = frame.sheet('checks');
  const word = (item: string) => checks.cell('word', frame.rowOf('checks', item));
  const verdict = `IF(ABS(${sheet.at('difference', row)})>CentTol,${word('word:differs')},${word('word:agrees')})`;
  sheet.put('note', row, calc(verdict, frame.label('checks.word.agrees')), 'Word');
  frame.place('reconciliation', 'difference', row);
  sheet.conditionals.push({
    range: sheet.at('difference', row),
    when: `ABS(${sheet.at('difference', row)})>CentTol`,
    style: 'bad',
  });
  return row;
}

/** Debit each unit's cost center, credit service's. Units of another legal entity need an invoice instead. */
function putJournal(frame: Frame, start: number): void {
  const { model } = frame;
  const sheet = frame.sheet('reconciliation');
  frame.section(sheet, start, 'journal.title');
  const header = start + 1;
  const heads: readonly (readonly [string, string, 'Header' | 'HeaderRight'])[] = [
    ['item', 'unit', 'Header'],
    ['key', 'costCenter', 'Header'],
    ['unit', 'currency', 'Header'],
    ['ledger', 'debit', 'HeaderRight'],
    ['result', 'credit', 'HeaderRight'],
    ['asPosted', 'invoice', 'HeaderRight'],
    ['difference', 'empty', 'HeaderRight'],
    ['note', 'note', 'Header'],
  ];
  for (const [column, label, style] of heads) sheet.put(column, header, text(frame.label(`journal.${label}`)), style);
  let row = header;
  let posted = 0n;
  let invoiced = 0n;
  const put = (column: string, at: number, content: Content, style = 'Import') => sheet.put(column, at, content, style);
  for (const unit of frame.statedUnits) {
    row += 1;
    const amount = grossOf(frame, unit) + adjustmentOf(frame, unit);
    const isForeign = unit.legalEntity !== model.serviceLegalEntity;
    const statement = frame.sheet(`statement:${unit.key}`);
    const adjusted = statement.cell('charge', frame.rowOf(statement.key, 'adjustments'));
    const source = `(${sheet.at('result', frame.rowOf('reconciliation', `unit:${unit.key}`))}+${adjusted})`;
    sheet.put('item', row, text(unit.name), 'Label');
    sheet.put('key', row, text(unit.costCenter ?? frame.label('statement.noCostCenter')), 'Label', 'text');
    sheet.put('unit', row, text(model.currency), 'Unit');
    if (isForeign) {
      put('asPosted', row, calc(source, frame.money(amount)));
      sheet.put('note', row, text(frame.label('journal.intercompany', { entity: unit.legalEntity ?? '–' })), 'Note');
      invoiced += amount;
      continue;
    }
    posted += amount;
    put('ledger', row, calc(`MAX(0,${source})`, frame.money(amount > 0n ? amount : 0n)));
    put('result', row, calc(`MAX(0,-${source})`, frame.money(amount < 0n ? -amount : 0n)));
  }
  const [first, last] = [header + 1, Math.max(row, header + 1)];
  row = last + 1;
  const range = (column: string) => `${sheet.at(column, first)}:${sheet.at(column, last)}`;
  sheet.put('item', row, text(frame.label('journal.recovery', { unit: model.serviceUnit })), 'Label');
  sheet.put('key', row, text(model.serviceCostCenter ?? frame.label('statement.noCostCenter')), 'Label', 'text');
  sheet.put('unit', row, text(model.currency), 'Unit');
  const net = `SUM(${range('ledger')})-SUM(${range('result')})`;
  put('ledger', row, calc(`MAX(0,-(${net}))`, frame.money(posted < 0n ? -posted : 0n)), 'Calc');
  put('result', row, calc(`MAX(0,${net})`, frame.money(posted > 0n ? posted : 0n)), 'Calc');
  const units = frame.statedUnits.filter(({ legalEntity }) => legalEntity === model.serviceLegalEntity);
  const gross = (sign: bigint) =>
    units
      .map((unit) => (grossOf(frame, unit) + adjustmentOf(frame, unit)) * sign)
      .reduce((sum, amount) => (amount > 0n ? sum + amount : sum), 0n);
  const debit = gross(1n) + (posted < 0n ? -posted : 0n);
  const total = row + 1;
  sheet.put('item', total, text(frame.label('journal.total')), 'LabelTotal');
  for (const column of ['key', 'difference']) sheet.put(column, total, text(null), 'Total');
  sheet.put('unit', total, text(model.currency), 'UnitTotal');
  for (const column of ['ledger', 'result'])
    put(column, total, calc(`SUM(${sheet.at(column, first)}:${sheet.at(column, row)})`, frame.money(debit)), 'Total');
  put(
    'asPosted',
    total,
    calc(`SUM(${sheet.at('asPosted', first)}:${sheet.at('asPosted', row)})`, frame.money(invoiced)),
    'Total',
  );
  sheet.put('note', total, text(null), 'Total');
  frame.place('reconciliation', 'journal', total);
}
