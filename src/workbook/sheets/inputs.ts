import { minorDigits } from '../../domain/money.ts';
import { double, majorDouble } from '../model/numbers.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, date, number, text, type Table } from '../plan/sheet.ts';
import { KIND_NO, NO_DECISION, PARKED, priorKind, SERVICE, serviceLabel } from './keys.ts';

/** A table that filters and reads as one, from its header to its last row; says so when it has no rows. */
export function asTable(frame: Frame, table: Table, name: string): void {
  const { sheet } = table;
  sheet.tables.push({
    name,
    first: sheet.columns[0]!.key,
    last: sheet.columns.at(-1)!.key,
    headerRow: table.first - 1,
    lastRow: table.last,
  });
  if (table.count === 0) sheet.put('A', table.first, text(frame.label('table.empty')), 'Note');
}

export function buildLedger(frame: Frame): void {
  const table = frame.table('ledger');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  frame.model.ledger.forEach((entry, i) => {
    const row = table.first + i;
    const poolKey = entry.poolKey ?? PARKED;
    sheet.put('entry', row, text(entry.entry), 'Label', 'text');
    sheet.put('account', row, text(entry.account), 'Label', 'text');
    sheet.put('costCenter', row, text(entry.costCenter), 'Label', 'text');
    sheet.put('vendor', row, text(entry.vendor), 'Label', 'text');
    sheet.put('description', row, text(entry.description), 'Label', 'text');
    sheet.put('postedAt', row, date(entry.postedAt), 'LabelLeft');
    const digits = minorDigits(entry.currency)!;
    sheet.put('amount', row, number(majorDouble(entry.amount, digits)), 'Input');
    sheet.put('currency', row, text(entry.currency), 'Unit');
    sheet.put('poolKey', row, text(poolKey), 'Key');
    const pool = entry.poolKey === null ? frame.label('rates.parked') : frame.pool(entry.poolKey).name;
    sheet.put('pool', row, text(pool), 'Label');
  });
  asTable(frame, table, 'tblLedger');
}

/** What a contact of a reason uses of a pool: its standard seconds, or its weight. */
export function buildStandards(frame: Frame): void {
  const table = frame.table('standards');
  const { sheet } = table;
  const pools = frame.table('assumptions.pools');
  frame.head(sheet);
  frame.headers(sheet);
  frame.model.standards.forEach((standard, i) => {
    const row = table.first + i;
    const at = (column: string) => sheet.at(column, row);
    const index = frame.model.pools.findIndex(({ key }) => key === standard.poolKey);
    const { weight, seconds } = standard;
    const concurrency = double(standard.concurrency);
    sheet.put('no', row, number(standard.no), 'Key');
    sheet.put('poolKey', row, text(standard.poolKey), 'Key');
    sheet.put('pool', row, text(frame.model.pools[index]!.name), 'Label');
    sheet.put('reason', row, text(standard.reason), 'Label', 'text');
    sheet.put('reasonName', row, text(frame.model.reasonNames.get(standard.reason) ?? null), 'Label', 'text');
    sheet.put('seconds', row, number(seconds && double(seconds)), seconds ? 'Input' : 'Label');
    sheet.put('source', row, text(frame.label(`standards.source.${weight ? 'weight' : standard.source}`)), 'Unit');
    sheet.put('weight', row, number(weight && double(weight)), weight ? 'Input' : 'Label');
    sheet.put('concurrency', row, calc(pools.cell('g', index), concurrency), 'Import');
    const has = seconds !== null;
    const put = (column: string, formula: string, result: number) =>
      sheet.put(column, row, calc(formula, result), 'Calc');
    put('usedPerContact', `IF(ISNUMBER(${at('weight')}),${at('weight')},0)`, weight ? double(weight) : 0);
    put('usedPerSecond', `IF(ISNUMBER(${at('weight')}),0,1/${at('concurrency')})`, weight ? 0 : 1 / concurrency);
    put(
      'standardPerContact',
      `IF(ISNUMBER(${at('seconds')}),${at('seconds')}/${at('concurrency')},0)`,
      has ? double(seconds.over(standard.concurrency)) : 0,
    );
    put('hasStandard', `IF(ISNUMBER(${at('seconds')}),1,0)`, has ? 1 : 0);
  });
  for (const column of ['usedPerContact', 'usedPerSecond', 'standardPerContact', 'hasStandard'])
    sheet.run(column, table.first, table.last);
  asTable(frame, table, 'tblStandards');
}

/** Contacts and seconds by line and share, as the attribution counted them: the drivers of every charge. */
export function buildVolumes(frame: Frame): void {
  const table = frame.table('volumes');
  const { sheet } = table;
  const standards = frame.table('standards');
  const { model } = frame;
  frame.head(sheet);
  frame.headers(sheet);
  model.volumes.forEach((volume, i) => {
    const row = table.first + i;
    const at = (column: string) => sheet.at(column, row);
    const measure = model.standards[volume.standardNo - 1]!;
    const claim = model.claims[volume.claimNo - 1]!;
    const taker = volume.unitKey ? frame.unit(volume.unitKey).code : serviceLabel(frame, claim.serviceKind!);
    sheet.put('no', row, number(i + 1), 'Key');
    sheet.put('line', row, number(volume.lineNo), 'Key');
    sheet.put('claim', row, number(volume.claimNo), 'Key');
    sheet.put('poolKey', row, text(volume.poolKey), 'Key');
    sheet.put('unitKey', row, text(volume.unitKey ?? SERVICE), 'Key');
    sheet.put('taker', row, text(taker), 'Label', 'text');
    sheet.put('reason', row, text(measure.reason), 'Label', 'text');
    sheet.put('channel', row, text(volume.channel), 'Label', 'text');
    sheet.put('standard', row, number(volume.standardNo), 'Key');
    sheet.put('handling', row, number(frame.pool(volume.poolKey).pool.layer === 'handling' ? 1 : 0), 'Key');
    sheet.put('contacts', row, number(double(volume.contacts)), 'Input');
    sheet.put('seconds', row, number(double(volume.seconds)), 'Input');
    sheet.put('stated', row, number(double(volume.statedSeconds)), 'Input');
    sheet.put('share', row, number(double(volume.share)), 'Input');
    const put = (column: string, formula: string, result: number) =>
      sheet.put(column, row, calc(formula, result), 'Calc');
    put('attributed', `${at('contacts')}*${at('share')}`, double(volume.attributed));
    put('attributedSeconds', `(${at('seconds')}+${at('stated')})*${at('share')}`, double(volume.attributedSeconds));
    const of = (column: string) => `INDEX(${standards.range(column)},${at('standard')})`;
    put(
      'used',
      `${at('attributed')}*${of('usedPerContact')}+${at('attributedSeconds')}*${of('usedPerSecond')}`,
      double(volume.used),
    );
    put(
      'standardQuantity',
      `IF(${of('hasStandard')}=1,${at('attributed')}*${of('standardPerContact')},${at('used')})`,
      double(volume.standard),
    );
  });
  for (const column of ['attributed', 'attributedSeconds', 'used', 'standardQuantity'])
    sheet.run(column, table.first, table.last);
  if (table.count > 0)
    sheet.validations.push({
      range: `${sheet.at('share', table.first)}:${sheet.at('share', table.last)}`,
      type: 'decimal',
      formulae: [0, 1],
      prompt: frame.label('validation.share.prompt'),
      error: frame.label('validation.share.error'),
    });
  asTable(frame, table, 'tblVolumes');
}

/** The last statement as issued: values only, evidence and not a calculation. */
export function buildPrior(frame: Frame): void {
  const { prior } = frame.model;
  const table = frame.table('prior');
  const { sheet } = table;
  const lines = frame.table('lines');
  frame.head(sheet);
  frame.headers(sheet);
  prior!.lines.forEach((line, i) => {
    const row = table.first + i;
    const pool = line.poolKey === null ? undefined : frame.pool(line.poolKey);
    const slot = line.decisionKey === null ? null : line.unitKey + line.decisionKey;
    const kind = priorKind(frame, line);
    sheet.put('no', row, number(i + 1), 'Key');
    sheet.put('unitKey', row, text(line.unitKey), 'Key');
    sheet.put('unit', row, text(frame.unit(line.unitKey).name), 'Label');
    sheet.put('decisionKey', row, text(line.decisionKey ?? NO_DECISION), 'Key');
    const decision = frame.model.decisions.find(({ key }) => key === line.decisionKey);
    sheet.put('decision', row, text(decision?.code ?? null), 'Label', 'text');
    sheet.put('reason', row, text(line.reason), 'Label', 'text');
    sheet.put('channel', row, text(line.channel), 'Label', 'text');
    sheet.put('poolKey', row, text(line.poolKey ?? PARKED), 'Key');
    sheet.put('pool', row, text(pool?.name ?? line.pool), 'Label');
    sheet.put('kindNo', row, number(KIND_NO[kind]), 'Key');
    sheet.put('handling', row, number(pool?.pool.layer === 'handling' || !pool ? 1 : 0), 'Key');
    sheet.put('contacts', row, number(double(line.contacts)), 'Posted');
    sheet.put('quantity', row, number(double(line.quantity)), 'Posted');
    sheet.put('amount', row, number(frame.money(line.amount)), 'Posted');
    sheet.put('restatedQuantity', row, number(double(line.restatedQuantity)), 'Posted');
    sheet.put('restatedAmount', row, number(frame.money(line.restatedAmount)), 'Posted');
    sheet.put('bridgeCell', row, number(line.bridgeCell), 'Key');
    sheet.put('slot', row, text(slot), 'Key');
    const own = sheet.at('slot', row);
    const formula = `IF(LEN(${own})=0,1,MIN(1,COUNTIF(${lines.range('slot')},${own})))`;
    sheet.put('likeForLike', row, calc(formula, line.likeForLike ? 1 : 0), 'Import');
  });
  sheet.run('likeForLike', table.first, table.last);
  asTable(frame, table, 'tblPrior');
}

/** Corrections and rulings that the period books beside its tie-out: delta lines with their charge period. */
export function buildAdjustments(frame: Frame): void {
  const table = frame.table('adjustments');
  const { sheet } = table;
  frame.head(sheet);
  frame.headers(sheet);
  frame.model.adjustments.forEach(({ adjustment, unitKey }, i) => {
    const row = table.first + i;
    const unit = unitKey === null ? frame.label('adjustments.service') : frame.unit(unitKey).name;
    sheet.put('id', row, text(adjustment.id), 'Mono', 'text');
    sheet.put('unitKey', row, text(unitKey ?? SERVICE), 'Key');
    sheet.put('unit', row, text(unit), 'Label', 'text');
    sheet.put('source', row, text(frame.label(`adjustments.source.${adjustment.source}`)), 'Label');
    sheet.put('reference', row, text(adjustment.reference), 'Mono', 'text');
    sheet.put('kind', row, text(adjustment.kind), 'Label', 'text');
    sheet.put('chargePeriod', row, text(adjustment.chargePeriod), 'Label', 'text');
    sheet.put('decision', row, text(adjustment.decision), 'Label', 'text');
    sheet.put('reason', row, text(adjustment.reason), 'Label', 'text');
    sheet.put('pool', row, text(adjustment.pool), 'Label', 'text');
    sheet.put('contacts', row, number(double(adjustment.contacts)), 'Posted');
    sheet.put('amount', row, number(frame.money(adjustment.amount)), 'Posted');
  });
  asTable(frame, table, 'tblAdjustments');
}
