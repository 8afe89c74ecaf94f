import { practicalSeconds } from '../../domain/costing/capacity.ts';
import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, number, text, type Content } from '../plan/sheet.ts';
import { isUnplaced, operating, reservedRows } from './keys.ts';

const GENERAL = ['secondsPerHour', 'contacts', 'unserved', 'basis', 'unusedPolicy'] as const;
const NAMES: Partial<Record<(typeof GENERAL)[number], string>> = {
  secondsPerHour: 'SecondsPerHour',
};

interface Forecast {
  readonly poolKey: string;
  readonly unitKey: string;
  readonly expected: Fraction;
}

/** Fixes the rows of the sections: general, units, pools, capacity, currencies, support drivers, reserved, forecast. */
export function placeAssumptions(frame: Frame): void {
  const { model } = frame;
  const sheet = frame.sheet('assumptions');
  let row = sheet.layout.headerRow + 1;
  for (const item of GENERAL) frame.place('assumptions', item, ++row);
  const section = (key: string, count: number) => {
    if (count === 0) return;
    frame.addTable(`assumptions.${key}`, sheet, row + 4, count);
    row += 3 + count;
  };
  section('units', model.units.length);
  section('pools', model.pools.length);
  section('capacity', operating(frame).length);
  section('currencies', model.currencies.length);
  section('drivers', model.support?.drivers.length ?? 0);
  section('reserved', reservedRows(frame).length);
  section('forecast', forecastRows(frame).length);
}

function forecastRows(frame: Frame): Forecast[] {
  return operating(frame).flatMap((pool) => pool.forecast.map((forecast) => ({ poolKey: pool.key, ...forecast })));
}

export function buildAssumptions(frame: Frame): void {
  const { model } = frame;
  const sheet = frame.sheet('assumptions');
  frame.head(sheet);
  frame.section(sheet, sheet.layout.headerRow + 1, 'assumptions.general');
  const generals: Record<(typeof GENERAL)[number], readonly [Content, string?]> = {
    secondsPerHour: [number(3600), 'whole'],
    contacts: [number(double(model.contacts)), 'quantity'],
    unserved: [number(double(model.unservedContacts)), 'quantity'],
    basis: [text(frame.label(`assumptions.basis.${model.basis}`))],
    unusedPolicy: [text(frame.label(`assumptions.unused.${model.unusedPolicy}`))],
  };
  for (const item of GENERAL) {
    const row = frame.rowOf('assumptions', item);
    const [content, format] = generals[item];
    sheet.put('a', row, text(frame.label(`assumptions.${item}`)), 'Label');
    sheet.put('c', row, content, format === undefined ? 'Caption' : 'Input', format);
    const name = NAMES[item];
    if (name) frame.name(name, sheet.cell('c', row));
  }
  putUnits(frame);
  putPools(frame);
  putCapacity(frame);
  putCurrencies(frame);
  putDrivers(frame);
  putReserved(frame);
  putForecast(frame);
}

/** Title and headers above a section's table. */
function open(frame: Frame, key: string, columns: readonly (readonly [string, 'Header' | 'HeaderRight'])[]) {
  const table = frame.tables.get(`assumptions.${key}`);
  if (table === undefined) return undefined;
  frame.section(table.sheet, table.first - 2, `assumptions.${key}`);
  columns.forEach(([label, style], i) => {
    const words = frame.label(`assumptions.column.${label}`, { currency: frame.model.currency });
    table.sheet.put(String.fromCharCode(97 + i), table.first - 1, text(words), style);
  });
  return table;
}

const LEFT = 'Header';
const RIGHT = 'HeaderRight';

function putUnits(frame: Frame): void {
  const table = open(frame, 'units', [
    ['name', LEFT],
    ['code', LEFT],
    ['key', LEFT],
    ['costCenter', LEFT],
    ['legalEntity', LEFT],
  ])!;
  frame.model.units.forEach((unit, i) => {
    const row = table.first + i;
    table.sheet.put('a', row, text(unit.name), 'Label');
    table.sheet.put('b', row, text(unit.code), 'Label', 'text');
    table.sheet.put('c', row, text(unit.key), 'Key');
    table.sheet.put('d', row, text(unit.costCenter), 'Label', 'text');
    table.sheet.put('e', row, text(unit.legalEntity), 'Label', 'text');
  });
}

function putPools(frame: Frame): void {
  const table = open(frame, 'pools', [
    ['name', LEFT],
    ['code', LEFT],
    ['key', LEFT],
    ['kind', LEFT],
    ['layer', LEFT],
    ['driver', LEFT],
    ['concurrency', RIGHT],
    ['statedRate', RIGHT],
    ['divisor', RIGHT],
    ['perUnit', RIGHT],
    ['rateSource', LEFT],
    ['plannedBuffer', RIGHT],
    ['variableShare', RIGHT],
    ['shownPer', RIGHT],
    ['unplaced', RIGHT],
    ['stated', RIGHT],
  ])!;
  const { sheet } = table;
  frame.model.pools.forEach((view, i) => {
    const { pool, key, name, statedRate, result, shownPer, split } = view;
    const row = table.first + i;
    sheet.put('a', row, text(name), 'Label');
    sheet.put('b', row, text(pool.code), 'Label', 'text');
    sheet.put('c', row, text(key), 'Key');
    sheet.put('d', row, text(frame.label(`pool.kind.${pool.kind}`)), 'Label');
    if (isUnplaced(view)) sheet.put('o', row, number(1), 'Label', 'count');
    if (pool.kind !== 'operating') return;
    sheet.put('e', row, text(pool.layer), 'Label', 'text');
    sheet.put('f', row, text(frame.label(`pool.driver.${pool.driver}`)), 'Label');
    sheet.put('g', row, number(double(pool.concurrency)), 'Input', 'share');
    if (statedRate) {
      sheet.put('h', row, number(double(statedRate.rate)), 'Input', 'fx');
      sheet.put('i', row, number(statedRate.divisor), 'Label', 'count');
      const perUnit = double(statedRate.rate.over(BigInt(statedRate.divisor)));
      sheet.put('j', row, calc(`${sheet.at('h', row)}/${sheet.at('i', row)}`, perUnit), 'Calc', 'rateExact');
    }
    sheet.put(
      'k',
      row,
      text(frame.label(`pool.source.${split === 'standard' ? result.rateSource : 'actual'}`)),
      'Label',
    );
    sheet.put('l', row, number(double(pool.planned_buffer)), 'Input', 'quantity');
    const variable = pool.contract ? Fraction.ONE : pool.variable_share;
    sheet.put('m', row, number(double(variable)), 'Input', 'share');
    sheet.put('n', row, number(shownPer), 'Label', 'count');
    sheet.put('p', row, number(statedRate ? 1 : 0), 'Label', 'count');
    shareRule(frame, sheet.at('m', row));
  });
}

/** Shares lie between 0 and 1, said before and after typing. */
function shareRule(frame: Frame, range: string): void {
  frame.sheet('assumptions').validations.push({
    range,
    type: 'decimal',
    formulae: [0, 1],
    prompt: frame.label('validation.share.prompt'),
    error: frame.label('validation.share.error'),
  });
}

function putCapacity(frame: Frame): void {
  const table = open(frame, 'capacity', [
    ['pool', LEFT],
    ['key', LEFT],
    ['practicalGiven', RIGHT],
    ['fte', RIGHT],
    ['paidHours', RIGHT],
    ['shrinkage', RIGHT],
    ['occupancy', RIGHT],
    ['practical', RIGHT],
    ['given', RIGHT],
  ]);
  if (!table) return;
  const { sheet } = table;
  operating(frame).forEach((pool, i) => {
    const row = table.first + i;
    const { capacity } = pool;
    sheet.put('i', row, number(capacity === null ? 0 : 1), 'KeyRight', 'count');
    sheet.put('a', row, text(pool.name), 'Label');
    sheet.put('b', row, text(pool.key), 'Key');
    if (capacity === null) {
      sheet.put('c', row, text(frame.label('assumptions.asUsed')), 'Note');
      return;
    }
    if ('practicalSeconds' in capacity) {
      sheet.put('c', row, number(double(capacity.practicalSeconds)), 'Input', 'quantity');
      sheet.put('h', row, calc(sheet.at('c', row), double(capacity.practicalSeconds)), 'Calc', 'quantity');
      return;
    }
    sheet.put('d', row, number(double(capacity.fte)), 'Input', 'quantity');
    sheet.put('e', row, number(double(capacity.paidHours)), 'Input', 'quantity');
    sheet.put('f', row, number(double(capacity.shrinkage)), 'Input', 'percent2');
    sheet.put('g', row, number(double(capacity.occupancy)), 'Input', 'percent2');
    shareRule(frame, `${sheet.at('f', row)}:${sheet.at('g', row)}`);
    const [d, e, f, g] = ['d', 'e', 'f', 'g'].map((column) => sheet.at(column, row));
    const formula = `${d}*${e}*SecondsPerHour*(1-${f})*${g}`;
    sheet.put('h', row, calc(formula, double(practicalSeconds(capacity))), 'Calc', 'quantity');
  });
}

function putCurrencies(frame: Frame): void {
  const table = open(frame, 'currencies', [
    ['currency', LEFT],
    ['unit', LEFT],
    ['fx', RIGHT],
  ]);
  frame.model.currencies.forEach(({ code, rate }, i) => {
    const row = table!.first + i;
    table!.sheet.put('a', row, text(code), 'Label');
    table!.sheet.put(
      'b',
      row,
      text(frame.label('assumptions.perUnitOf', { currency: frame.model.currency, code })),
      'Unit',
    );
    table!.sheet.put('c', row, number(double(rate)), 'Input', 'fx');
  });
}

function putDrivers(frame: Frame): void {
  const table = open(frame, 'drivers', [
    ['from', LEFT],
    ['key', LEFT],
    ['quantity', RIGHT],
    ['key', LEFT],
    ['to', LEFT],
  ]);
  frame.model.support?.drivers.forEach(({ from, to, quantity }, i) => {
    const row = table!.first + i;
    table!.sheet.put('a', row, text(frame.pool(from).name), 'Label');
    table!.sheet.put('b', row, text(from), 'Key');
    table!.sheet.put('c', row, number(double(quantity)), 'Input', 'quantity');
    table!.sheet.put('d', row, text(to), 'Key');
    table!.sheet.put('e', row, text(frame.pool(to).name), 'Label');
  });
}

function putReserved(frame: Frame): void {
  const table = open(frame, 'reserved', [
    ['pool', LEFT],
    ['key', LEFT],
    ['quantity', RIGHT],
    ['unit', LEFT],
  ]);
  reservedRows(frame).forEach(({ poolKey, unit, quantity }, i) => {
    const row = table!.first + i;
    table!.sheet.put('a', row, text(frame.pool(poolKey).name), 'Label');
    table!.sheet.put('b', row, text(poolKey), 'Key');
    table!.sheet.put('c', row, number(double(quantity)), 'Input', 'quantity');
    table!.sheet.put('d', row, text(unit), 'Label', 'text');
  });
}

function putForecast(frame: Frame): void {
  const table = open(frame, 'forecast', [
    ['pool', LEFT],
    ['key', LEFT],
    ['expected', RIGHT],
    ['unitKey', LEFT],
    ['unit', LEFT],
    ['actual', RIGHT],
    ['standard', RIGHT],
    ['shortfall', RIGHT],
  ]);
  const volumes = frame.table('volumes');
  forecastRows(frame).forEach(({ poolKey, unitKey, expected }, i) => {
    const { sheet } = table!;
    const row = table!.first + i;
    const at = (column: string) => sheet.at(column, row);
    const own = frame.model.volumes.filter((volume) => volume.unitKey === unitKey && volume.poolKey === poolKey);
    const actual = own.reduce((sum, volume) => sum.plus(volume.attributed), Fraction.ZERO);
    const standard = own.reduce((sum, volume) => sum.plus(volume.standard), Fraction.ZERO);
    const missing =
      actual.isZero || expected.compare(actual) <= 0
        ? Fraction.ZERO
        : expected.minus(actual).times(standard).over(actual);
    const summed = (column: string) =>
      `SUMIFS(${volumes.range(column)},${volumes.range('poolKey')},${at('b')},${volumes.range('unitKey')},${at('d')})`;
    sheet.put('a', row, text(frame.pool(poolKey).name), 'Label');
    sheet.put('b', row, text(poolKey), 'Key');
    sheet.put('c', row, number(double(expected)), 'Input', 'quantity');
    sheet.put('d', row, text(unitKey), 'Key');
    sheet.put('e', row, text(frame.unit(unitKey).name), 'Label');
    sheet.put('f', row, calc(summed('attributed'), double(actual)), 'Import', 'quantity');
    sheet.put('g', row, calc(summed('standardQuantity'), double(standard)), 'Import', 'quantity');
    const formula = `IF(${at('f')}=0,0,MAX(0,${at('c')}-${at('f')})*${at('g')}/${at('f')})`;
    sheet.put('h', row, calc(formula, double(missing)), 'Calc', 'quantity');
  });
}
