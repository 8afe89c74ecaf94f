import { Fraction } from '../../domain/fraction.ts';
import { double } from '../model/numbers.ts';
import type { PoolView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';
import { calc, text, type Sheet } from '../plan/sheet.ts';
import { chargeItem, isUnplaced, operating, PARKED, RESULT_KEPT } from './keys.ts';

/** One row of Rates: what it is, in which unit, and its formula for a pool's column. */
interface RateRow {
  readonly item: string;
  readonly label: string;
  readonly unit: 'currency' | 'driver' | 'share' | 'perDriver' | 'perShown' | 'word';
  readonly format?: string;
  readonly style?: string;
  /** pools that have the figure */
  readonly of: readonly PoolView[];
  readonly formula: (column: string, pool: PoolView) => string;
  readonly result: (pool: PoolView) => number | string;
  /** whether a total of the row means something */
  readonly sums?: boolean;
}

interface RateSection {
  readonly key: string;
  readonly rows: readonly RateRow[];
}

export function placeRates(frame: Frame): void {
  const sheet = frame.sheet('rates');
  let row = sheet.layout.headerRow + 1;
  frame.place('rates', 'key', row);
  for (const section of sectionsOf(frame)) {
    row += 2;
    frame.place('rates', `section:${section.key}`, row);
    for (const { item } of section.rows) frame.place('rates', item, ++row);
  }
}

export function buildRates(frame: Frame): void {
  const { model } = frame;
  const sheet = frame.sheet('rates');
  frame.head(sheet);
  const header = sheet.layout.headerRow;
  const hasParked = sheet.has(PARKED);
  for (const [column, label] of [
    ['item', 'rates.column.item'],
    ['unit', 'rates.column.unit'],
    ['key', 'rates.column.key'],
  ] as const)
    sheet.put(column, header, text(frame.label(label)), 'Header');
  const keyRow = frame.rowOf('rates', 'key');
  sheet.put('item', keyRow, text(frame.label('rates.key')), 'Note');
  for (const pool of model.pools) {
    sheet.put(pool.key, header, text(pool.name), 'HeaderRight');
    sheet.put(pool.key, keyRow, text(pool.key), 'KeyRight', 'text');
  }
  if (hasParked) {
    sheet.put(PARKED, header, text(frame.label('rates.parked')), 'HeaderRight');
    sheet.put(PARKED, keyRow, text(PARKED), 'KeyRight', 'text');
  }
  sheet.put('total', header, text(frame.label('column.total')), 'HeaderRight');
  for (const section of sectionsOf(frame)) {
    frame.section(sheet, frame.rowOf('rates', `section:${section.key}`), `rates.section.${section.key}`);
    for (const row of section.rows) putRow(frame, sheet, row);
  }
  putParked(frame, sheet);
  addFlagRules(frame, sheet);
  addChart(frame, sheet);
}

function putRow(
  frame: Frame,
  sheet: Sheet,
  { item, label, unit, format, style, of, formula, result, sums }: RateRow,
): void {
  const row = frame.rowOf('rates', item);
  const isTotal = style === 'Total';
  sheet.put('item', row, text(label), isTotal ? 'LabelTotal' : 'Label');
  const units = { currency: frame.model.currency };
  const timed = operating(frame).every(({ pool }) => pool.driver === 'handle_seconds');
  const words = frame.label(`rates.unit.${unit}${timed && unit.includes('river') ? '.timed' : ''}`, units);
  sheet.put('unit', row, text(words), isTotal ? 'UnitTotal' : 'Unit');
  if (isTotal) for (const column of sheet.columns.slice(2)) sheet.put(column.key, row, text(null), 'Total');
  const own = item.split(':');
  if (own.length > 1) sheet.put('key', row, text(own[1]!), 'Key', 'text');
  for (const pool of of) {
    const content = calc(formula(sheet.col(pool.key), pool), result(pool));
    sheet.put(pool.key, row, content, style ?? 'Calc', format);
  }
  sheet.runAcross(
    of.map(({ key }) => key),
    row,
  );
  if (!sums || of.length === 0) return;
  const columns = frame.model.pools.map(({ key }) => sheet.col(key));
  const last = sheet.has(PARKED) ? sheet.col(PARKED) : columns.at(-1)!;
  const total = of.reduce((sum, pool) => sum + (result(pool) as number), 0);
  const parked = item.startsWith('own:') || item === 'own' ? frame.money(parkedOf(frame, own[1])) : 0;
  sheet.put('total', row, calc(`SUM(${columns[0]}${row}:${last}${row})`, total + parked), style ?? 'Calc', format);
}

/** Minor units of entries that are parked by name, of one currency or all. */
export function parkedOf(frame: Frame, currency?: string): bigint {
  const { model } = frame;
  return model.currencies
    .filter(({ code }) => currency === undefined || code === currency)
    .reduce((sum, { code, parts }) => {
      const pools = model.pools.reduce((all, pool) => all + (pool.ownByCurrency.get(code) ?? 0n), 0n);
      return sum + parts - pools;
    }, 0n);
}

function putParked(frame: Frame, sheet: Sheet): void {
  if (!sheet.has(PARKED)) return;
  for (const { code } of frame.model.currencies) {
    const row = frame.rowOf('rates', `own:${code}`);
    const formula = ownFormula(frame, sheet.col(PARKED), code);
    sheet.put(PARKED, row, calc(formula, frame.money(parkedOf(frame, code))), 'Import');
  }
  const first = frame.rowOf('rates', `own:${frame.model.currencies[0]!.code}`);
  const row = frame.rowOf('rates', 'own');
  const column = sheet.col(PARKED);
  sheet.put(PARKED, row, calc(`SUM(${column}${first}:${column}${row - 1})`, frame.money(parkedOf(frame))), 'Subtotal');
}

function ownFormula(frame: Frame, column: string, currency: string): string {
  const ledger = frame.table('ledger');
  const rates = frame.sheet('rates');
  const row = frame.rowOf('rates', `own:${currency}`);
  const fx = frame.table('assumptions.currencies');
  const index = frame.model.currencies.findIndex(({ code }) => code === currency);
  const key = `${column}$${frame.rowOf('rates', 'key')}`;
  return `ROUND(SUMIFS(${ledger.range('amount')},${ledger.range('poolKey')},${key},${ledger.range('currency')},$${rates.col('key')}${row})*${fx.cell('c', index)},Digits)`;
}

function sectionsOf(frame: Frame): RateSection[] {
  const { model } = frame;
  const rated = operating(frame);
  return [
    { key: 'cost', rows: costRows(frame) },
    ...(rated.length > 0
      ? [
          { key: 'capacity', rows: capacityRows(frame, rated) },
          { key: 'rate', rows: rateRows(frame, rated) },
          { key: 'split', rows: splitRows(frame, rated) },
        ]
      : []),
    {
      key: 'outcome',
      rows: outcomeRows(
        frame,
        model.pools.filter(({ split }) => split !== 'support'),
      ),
    },
  ];
}

/** Row of an item in a pool's column, relative. */
function cellAt(frame: Frame, column: string, item: string): string {
  return `${column}${frame.rowOf('rates', item)}`;
}

function costRows(frame: Frame): RateRow[] {
  const { model } = frame;
  const pools = model.pools;
  const money = (amount: (pool: PoolView) => bigint) => (pool: PoolView) => frame.money(amount(pool));
  const rows: RateRow[] = model.currencies.map(({ code }) => ({
    item: `own:${code}`,
    label: frame.label('rates.own', { currency: code }),
    unit: 'currency',
    style: 'Import',
    of: pools,
    formula: (column) => ownFormula(frame, column, code),
    result: money((pool) => pool.ownByCurrency.get(code) ?? 0n),
    sums: true,
  }));
  const first = model.currencies[0]?.code;
  rows.push({
    item: 'own',
    label: frame.label('rates.ownTotal'),
    unit: 'currency',
    style: 'Subtotal',
    of: pools,
    formula: (column) =>
      first === undefined
        ? '0'
        : `SUM(${cellAt(frame, column, `own:${first}`)}:${column}${frame.rowOf('rates', 'own') - 1})`,
    result: money((pool) => pool.result.ledger),
    sums: true,
  });
  if (model.support) rows.push(...supportRows(frame));
  rows.push({
    item: 'cost',
    label: frame.label('rates.cost'),
    unit: 'currency',
    style: 'Total',
    of: pools,
    formula: (column) => {
      const own = cellAt(frame, column, 'own');
      return model.support ? `SUM(${own}:${column}${frame.rowOf('rates', 'cost') - 1})` : own;
    },
    result: money((pool) => pool.result.cost),
    sums: true,
  });
  return rows;
}

/** What support pools pass on and receivers get; what has no drivers goes to the zero-driver target. */
function supportRows(frame: Frame): RateRow[] {
  const { model } = frame;
  const support = frame.table('support');
  const givers = model.pools.filter(({ split }) => split === 'support');
  const keyRow = frame.rowOf.bind(frame, 'rates', 'key');
  const rows: RateRow[] = givers.map((giver) => ({
    item: `received:${giver.key}`,
    label: frame.label('rates.received', { pool: giver.name }),
    unit: 'currency',
    style: 'Import',
    of: model.pools,
    formula: (column) =>
      `SUMIFS(${support.range('posted')},${support.range('from')},$${frame.sheet('rates').col('key')}${frame.rowOf('rates', `received:${giver.key}`)},${support.range('to')},${column}$${keyRow()},${support.range('passes')},1)`,
    result: (pool) => frame.money(passed(frame, giver.key, pool.key)),
  }));
  rows.push({
    item: 'passed',
    label: frame.label('rates.passed'),
    unit: 'currency',
    style: 'Import',
    of: model.pools,
    formula: (column) =>
      `-SUMIFS(${support.range('posted')},${support.range('from')},${column}$${keyRow()},${support.range('passes')},1)`,
    result: (pool) => -frame.money(passed(frame, pool.key)) || 0,
  });
  const left = leftOf(frame);
  if (left.size === 0) return rows;
  const item = 'left';
  rows.push({
    item,
    label: frame.label('rates.left'),
    unit: 'currency',
    of: givers,
    formula: (column) => `-SUM(${cellAt(frame, column, 'own')}:${column}${frame.rowOf('rates', item) - 1})`,
    result: (pool) => -frame.money(left.get(pool.key) ?? 0n) || 0,
  });
  if (model.support!.zeroDriver === null) return rows;
  const sheet = frame.sheet('rates');
  rows.push({
    item: 'leftReceived',
    label: frame.label('rates.leftReceived'),
    unit: 'currency',
    of: model.pools.filter(({ key }) => key === model.support!.zeroDriver),
    formula: () => `-SUM(${givers.map(({ key }) => `$${sheet.col(key)}$${frame.rowOf('rates', item)}`).join(',')})`,
    result: () => frame.money([...left.values()].reduce((sum, amount) => sum + amount, 0n)),
  });
  return rows;
}

/** Minor units that support pool `from` passes to one pool, or in all. */
function passed(frame: Frame, from: string, to?: string): bigint {
  return frame.model
    .support!.rows.filter((row) => row.passes && row.from === from && (to === undefined || row.to === to))
    .reduce((sum, row) => sum + row.apportioned.posted, 0n);
}

/** What is left in support pools without drivers, minor units by pool. */
export function leftOf(frame: Frame): Map<string, bigint> {
  const left = new Map<string, bigint>();
  for (const pool of frame.model.pools) {
    if (pool.split !== 'support') continue;
    const received = frame.model
      .support!.rows.filter((row) => row.passes && row.to === pool.key)
      .reduce((sum, row) => sum + row.apportioned.posted, 0n);
    const rest = pool.result.ledger + received - passed(frame, pool.key);
    if (rest !== 0n) left.set(pool.key, rest);
  }
  return left;
}

function capacityRows(frame: Frame, rated: readonly PoolView[]): RateRow[] {
  const volumes = frame.table('volumes');
  const capacity = frame.table('assumptions.capacity');
  const key = (column: string) => `${column}$${frame.rowOf('rates', 'key')}`;
  const at = (column: string, item: string) => cellAt(frame, column, item);
  const lookUp = (column: string, of: string) => `SUMIFS(${capacity.range(of)},${capacity.range('b')},${key(column)})`;
  const quantity = (item: string, formula: RateRow['formula'], result: (pool: PoolView) => Fraction): RateRow => ({
    item,
    label: frame.label(`rates.${item}`),
    unit: 'driver',
    format: 'quantity',
    of: rated,
    formula,
    result: (pool) => double(result(pool)),
  });
  return [
    {
      ...quantity(
        'used',
        (column) => `SUMIFS(${volumes.range('used')},${volumes.range('poolKey')},${key(column)})`,
        (pool) => pool.result.used,
      ),
      style: 'Import',
    },
    {
      ...quantity(
        'standard',
        (column) => `SUMIFS(${volumes.range('standardQuantity')},${volumes.range('poolKey')},${key(column)})`,
        (pool) => pool.result.standard,
      ),
      style: 'Import',
    },
    {
      ...quantity(
        'practical',
        (column) => `IF(${lookUp(column, 'i')}=1,${lookUp(column, 'h')},${at(column, 'used')})`,
        (pool) => pool.result.practical,
      ),
      style: 'Import',
    },
    quantity(
      'within',
      (column) => `MIN(${at(column, 'practical')},${at(column, 'used')})`,
      (pool) => pool.result.used.minus(pool.result.overCapacity),
    ),
    quantity(
      'free',
      (column) => `MAX(0,${at(column, 'practical')}-${at(column, 'used')})`,
      (pool) => pool.figures.free,
    ),
    quantity(
      'over',
      (column) => `MAX(0,${at(column, 'used')}-${at(column, 'practical')})`,
      (pool) => pool.result.overCapacity,
    ),
    {
      item: 'utilisation',
      label: frame.label('rates.utilisation'),
      unit: 'share',
      format: 'percent',
      of: rated,
      formula: (column) => `IF(${at(column, 'practical')}=0,0,${at(column, 'used')}/${at(column, 'practical')})`,
      result: ({ result }) => (result.practical.isZero ? 0 : double(result.used.over(result.practical))),
    },
  ];
}

function rateRows(frame: Frame, rated: readonly PoolView[]): RateRow[] {
  const pools = frame.table('assumptions.pools');
  const key = (column: string) => `${column}$${frame.rowOf('rates', 'key')}`;
  const at = (column: string, item: string) => cellAt(frame, column, item);
  const poolCell = (column: string, of: string) => `SUMIFS(${pools.range(of)},${pools.range('c')},${key(column)})`;
  const shown = (pool: PoolView, rate: Fraction) => frame.exactMoney(rate.times(BigInt(pool.shownPer)));
  const rows: RateRow[] = [
    {
      item: 'rate',
      label: frame.label('rates.rate'),
      unit: 'perDriver',
      format: 'rateExact',
      of: rated,
      formula: (column) =>
        `IF(MAX(${at(column, 'practical')},${at(column, 'used')})=0,0,${at(column, 'cost')}/MAX(${at(column, 'practical')},${at(column, 'used')}))`,
      result: (pool) => frame.exactMoney(pool.result.rate),
    },
    {
      item: 'chargeRate',
      label: frame.label('rates.chargeRate'),
      unit: 'perDriver',
      format: 'rateExact',
      style: 'Import',
      of: rated.filter(({ split }) => split === 'standard'),
      formula: (column) => `IF(${poolCell(column, 'p')}=1,${poolCell(column, 'j')},${at(column, 'rate')})`,
      result: (pool) => frame.exactMoney(pool.result.chargeRate),
    },
    {
      item: 'published',
      label: frame.label('rates.published'),
      unit: 'perShown',
      format: 'rate',
      style: 'Word',
      of: rated,
      formula: (column, pool) => `${at(column, chargeItem(pool))}*${poolCell(column, 'n')}`,
      result: (pool) => shown(pool, pool.result.chargeRate),
    },
  ];
  if (!rated.some(({ split }) => split === 'reserved')) return rows;
  const reserved = rated.filter(({ split }) => split === 'reserved');
  const exact = (
    item: string,
    unit: RateRow['unit'],
    formula: RateRow['formula'],
    result: (pool: PoolView) => Fraction,
  ): RateRow => ({
    item,
    label: frame.label(`rates.${item}`),
    unit,
    format: unit === 'currency' ? 'exact' : 'rateExact',
    of: reserved,
    formula,
    result: (pool) => frame.exactMoney(result(pool)),
  });
  rows.splice(
    2,
    0,
    exact(
      'variableCost',
      'currency',
      (column) => `IF(${at(column, 'used')}=0,0,${at(column, 'cost')}*${poolCell(column, 'm')})`,
      (pool) => pool.figures.variableCost,
    ),
    exact(
      'variableRate',
      'perDriver',
      (column) => `IF(${at(column, 'used')}=0,0,${at(column, 'variableCost')}/${at(column, 'used')})`,
      (pool) => pool.figures.variableRate,
    ),
    exact(
      'fixedRate',
      'perDriver',
      (column) =>
        `IF(${at(column, 'practical')}=0,0,(${at(column, 'cost')}-${at(column, 'variableCost')})/${at(column, 'practical')})`,
      (pool) => pool.figures.fixedRate,
    ),
  );
  return rows;
}

function splitRows(frame: Frame, rated: readonly PoolView[]): RateRow[] {
  const at = (column: string, item: string) => cellAt(frame, column, item);
  const pools = frame.table('assumptions.pools');
  const forecast = frame.tables.get('assumptions.forecast');
  const key = (column: string) => `${column}$${frame.rowOf('rates', 'key')}`;
  const money = (
    item: string,
    of: readonly PoolView[],
    formula: RateRow['formula'],
    result: (pool: PoolView) => Fraction | bigint,
    format = 'exact',
  ): RateRow => ({
    item,
    label: frame.label(`rates.${item}`),
    unit: 'currency',
    format,
    of,
    formula,
    result: (pool) => {
      const amount = result(pool);
      return frame.exactMoney(typeof amount === 'bigint' ? Fraction.of(amount) : amount);
    },
  });
  const quantity = (item: string, formula: RateRow['formula'], result: (pool: PoolView) => Fraction): RateRow => ({
    ...money(item, byCapacity, formula, result, 'quantity'),
    unit: 'driver',
    result: (pool) => double(result(pool)),
  });
  const byCapacity = rated.filter(({ split }) => split !== 'reserved');
  const standard = rated.filter(({ split }) => split === 'standard');
  const reserved = rated.filter(({ split }) => split === 'reserved');
  const rows: RateRow[] = [
    money(
      'usedCost',
      rated,
      (c) => `${at(c, 'used')}*${at(c, 'rate')}`,
      (pool) => pool.figures.usedCost,
    ),
    money(
      'unusedCost',
      rated,
      (c) => `IF(${at(c, 'over')}>0,0,${at(c, 'cost')}-${at(c, 'usedCost')})`,
      (pool) => pool.figures.unusedCost,
    ),
  ];
  if (byCapacity.length > 0) {
    rows.push(
      quantity(
        'buffer',
        (c) => `MIN(${at(c, 'free')},SUMIFS(${pools.range('l')},${pools.range('c')},${key(c)}))`,
        (pool) => pool.figures.buffer,
      ),
      ...(forecast
        ? [
            quantity(
              'shortfall',
              (c) =>
                `MIN(${at(c, 'free')}-${at(c, 'buffer')},SUMIFS(${forecast.range('h')},${forecast.range('b')},${key(c)}))`,
              (pool) => pool.figures.shortfall,
            ),
          ]
        : []),
      money(
        'unusedBuffer',
        byCapacity,
        (c) => `${at(c, 'buffer')}*${at(c, 'rate')}`,
        (pool) => pool.figures.unusedBuffer,
      ),
      money(
        'unusedShortfall',
        byCapacity,
        (c) => (forecast ? `${at(c, 'shortfall')}*${at(c, 'rate')}` : `0*${at(c, 'rate')}`),
        (pool) => pool.figures.unusedShortfall,
      ),
      money(
        'unusedOther',
        byCapacity,
        (c) => `${at(c, 'unusedCost')}-${at(c, 'unusedBuffer')}-${at(c, 'unusedShortfall')}`,
        (pool) => pool.figures.unusedOther,
      ),
    );
  }
  if (standard.length > 0) {
    rows.push(
      money(
        'charged',
        standard,
        (c) => `ROUND(${at(c, 'standard')}*${at(c, 'chargeRate')},Digits)`,
        (pool) => pool.figures.charged,
        'money',
      ),
      money(
        'rest',
        standard,
        (c) => `${at(c, 'cost')}-${at(c, 'charged')}`,
        (pool) => pool.figures.rest,
        'money',
      ),
      money(
        'handleTime',
        standard,
        (c) => `(${at(c, 'used')}-${at(c, 'standard')})*${at(c, 'rate')}`,
        (pool) => pool.figures.handleTime,
      ),
      money(
        'rateVariance',
        standard,
        (c) => `${at(c, 'rest')}-${at(c, 'handleTime')}-${at(c, 'unusedCost')}`,
        (pool) => pool.figures.rateVariance,
      ),
      money(
        'rateOwn',
        standard,
        (c) => `${at(c, 'rateVariance')}*IF(${at(c, 'cost')}=0,1,${at(c, 'own')}/${at(c, 'cost')})`,
        (pool) => pool.figures.rateOwn,
      ),
      money(
        'rateSupport',
        standard,
        (c) => `${at(c, 'rateVariance')}-${at(c, 'rateOwn')}`,
        (pool) => pool.figures.rateSupport,
      ),
    );
  }
  if (reserved.length > 0) {
    const held = frame.table('assumptions.reserved');
    rows.push(
      money(
        'reservedUnused',
        reserved,
        (c) =>
          `${at(c, 'cost')}-${at(c, 'variableCost')}-${at(c, 'fixedRate')}*SUMIFS(${held.range('c')},${held.range('b')},${key(c)})`,
        (pool) => pool.figures.reservedUnused,
      ),
    );
  }
  return rows;
}

/** What became of each pool's cost, and that nothing of it is missing. */
function outcomeRows(frame: Frame, pools: readonly PoolView[]): RateRow[] {
  const allocation = frame.table('allocation');
  const lines = frame.table('lines');
  const places = frame.table('assumptions.pools');
  const key = (column: string) => `${column}$${frame.rowOf('rates', 'key')}`;
  const money = (
    item: string,
    formula: RateRow['formula'],
    amount: (pool: PoolView) => bigint,
    style = 'Import',
  ): RateRow => ({
    item,
    label: frame.label(`rates.${item}`),
    unit: 'currency',
    style,
    of: pools,
    formula,
    result: (pool) => frame.money(amount(pool)),
    sums: true,
  });
  const ofLines = (column: string, charged: number) =>
    `SUMIFS(${lines.range('amount')},${lines.range('poolKey')},${key(column)},${lines.range('charged')},${charged})`;
  const kept = (pool: PoolView) => pool.result.variances + pool.result.unused + pool.result.unattributed;
  const rows = [
    money(
      'outCharged',
      (c) => ofLines(c, 1),
      (pool) => pool.result.charged,
    ),
    ...(frame.features.has('withheld')
      ? [
          money(
            'outWithheld',
            (c) => ofLines(c, 0),
            (pool) => pool.result.withheld + pool.result.parked,
          ),
        ]
      : []),
    money(
      'outKept',
      (c) =>
        `SUMIFS(${allocation.range('posted')},${allocation.range('poolKey')},${key(c)},${allocation.range('resultNo')},${RESULT_KEPT})`,
      (pool) => (pool.split === 'direct' ? 0n : kept(pool)),
    ),
    ...(pools.some(isUnplaced)
      ? [
          money(
            'outUnplaced',
            (c) => `${cellAt(frame, c, 'cost')}*SUMIFS(${places.range('o')},${places.range('c')},${key(c)})`,
            (pool) => (isUnplaced(pool) ? pool.result.cost : 0n),
          ),
        ]
      : []),
  ];
  const first = rows[0]!.item;
  return [
    ...rows,
    {
      ...money(
        'outDifference',
        (c) =>
          `${cellAt(frame, c, 'cost')}-SUM(${cellAt(frame, c, first)}:${c}${frame.rowOf('rates', 'outDifference') - 1})`,
        () => 0n,
        'Total',
      ),
      format: 'moneyZero',
    },
  ];
}

function addFlagRules(frame: Frame, sheet: Sheet): void {
  const rated = operating(frame);
  if (rated.length === 0) return;
  const row = frame.rowOf('rates', 'utilisation');
  const columns = [rated[0]!, rated.at(-1)!].map(({ key }) => sheet.col(key));
  const range = `${columns[0]}${row}:${columns[1]}${row}`;
  sheet.conditionals.push({ range, when: `${columns[0]}${row}>1`, style: 'bad' });
}

function addChart(frame: Frame, sheet: Sheet): void {
  const rated = operating(frame).filter(({ pool }) => pool.driver === 'handle_seconds');
  // Timed pools stand first among the columns, so that they are one range.
  if (rated.length === 0) return;
  const header = sheet.layout.headerRow;
  const columns = [rated[0]!, rated.at(-1)!].map(({ key }) => `$${sheet.col(key)}`);
  const range = (row: number) => `${sheet.range('A', 1, 1).split('!')[0]}!${columns[0]}$${row}:${columns[1]}$${row}`;
  const categories = { ref: range(header), texts: rated.map(({ name }) => name) };
  const series = (item: string, result: (pool: PoolView) => number) => ({
    name: {
      ref: sheet.cell('item', frame.rowOf('rates', item)),
      text: frame.label(`rates.${item}`),
    },
    categories,
    values: { ref: range(frame.rowOf('rates', item)), numbers: rated.map(result) },
  });
  const top = sheet.lastRow + 1;
  sheet.rowBreaks.push(sheet.lastRow);
  sheet.charts.push({
    template: 'stacked-capacity',
    title: frame.label('rates.chart.title'),
    alt: frame.label('rates.chart.alt'),
    format: 'axis',
    series: [
      series('within', (pool) => double(pool.result.used.minus(pool.result.overCapacity))),
      series('free', (pool) => double(pool.figures.free)),
      series('over', (pool) => double(pool.result.overCapacity)),
    ],
    at: [0, top, Math.min(sheet.columns.length, 8), top + 18],
  });
}
