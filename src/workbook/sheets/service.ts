import type { Frame } from '../plan/frame.ts';
import { calc, text } from '../plan/sheet.ts';
import { isUnplaced, RESULT_KEPT, serviceLabel } from './keys.ts';
import { leftOf } from './rates/cost-rows.ts';

/** What service keeps, by name and pool: variances, unused capacity, what nobody caused. */
export function buildService(frame: Frame): void {
  const { model } = frame;
  const sheet = frame.sheet('service');
  const allocation = frame.table('allocation');
  const rates = frame.sheet('rates');
  frame.head(sheet);
  const header = sheet.layout.headerRow;
  sheet.put('item', header, text(frame.label('service.column.item')), 'Header');
  sheet.put('key', header, text(frame.label('service.column.key')), 'Header');
  const pools = model.pools.filter(({ split }) => split !== 'support');
  const shown = model.pools.filter(({ key }) => sheet.has(key));
  for (const pool of shown) {
    sheet.put(pool.key, header, text(pool.name), 'HeaderRight');
    sheet.put(pool.key, header + 1, text(pool.key), 'KeyRight', 'text');
  }
  sheet.put('item', header + 1, text(frame.label('rates.key')), 'Note');
  sheet.put('total', header, text(frame.label('column.total')), 'HeaderRight');
  const first = header + 2;
  let row = first;
  const amounts: bigint[] = [];
  const putSum = (at: number, result: bigint, style: string) => {
    const [from, to] = [sheet.col(shown[0]!.key), sheet.col(shown.at(-1)!.key)];
    sheet.put('total', at, calc(`SUM(${from}${at}:${to}${at})`, frame.money(result)), style);
  };
  for (const kind of model.serviceKinds) {
    sheet.put('item', row, text(serviceLabel(frame, kind)), 'Label');
    sheet.put('key', row, text(kind), 'Key', 'text');
    let sum = 0n;
    for (const pool of pools) {
      const posted = model.claims
        .filter((claim) => claim.poolKey === pool.key && claim.serviceKind === kind && claim.kept)
        .reduce((all, claim) => all + claim.apportioned.posted, 0n);
      sum += posted;
      const formula = `SUMIFS(${allocation.range('posted')},${allocation.range('poolKey')},${sheet.col(pool.key)}$${header + 1},${allocation.range('result')},$${sheet.col('key')}${row},${allocation.range('resultNo')},${RESULT_KEPT})`;
      sheet.put(pool.key, row, calc(formula, frame.money(posted)), 'Import');
    }
    sheet.runAcross(
      pools.map(({ key }) => key),
      row,
    );
    putSum(row, sum, 'Calc');
    frame.place('service', kind, row);
    amounts.push(sum);
    row += 1;
  }
  const left = model.support?.zeroDriver === null ? leftOf(frame) : new Map<string, bigint>();
  const unplaced = model.pools.filter(isUnplaced);
  if (left.size + unplaced.length > 0) {
    sheet.put('item', row, text(frame.label('service.unplaced')), 'Label');
    let sum = 0n;
    for (const pool of model.pools) {
      const rest = left.get(pool.key);
      const isUnused = unplaced.includes(pool);
      if (rest === undefined && !isUnused) continue;
      const amount = rest ?? pool.result.cost;
      const source = rates.cell(pool.key, frame.rowOf('rates', rest === undefined ? 'cost' : 'left'));
      sheet.put(pool.key, row, calc(rest === undefined ? source : `-${source}`, frame.money(amount)), 'Import');
      sum += amount;
    }
    putSum(row, sum, 'Calc');
    frame.place('service', 'unplaced', row);
    amounts.push(sum);
    row += 1;
  }
  const total = amounts.reduce((sum, amount) => sum + amount, 0n);
  sheet.put('item', row, text(frame.label('service.total')), 'LabelTotal');
  sheet.put('key', row, text(null), 'Total');
  for (const pool of shown) {
    const own =
      model.claims
        .filter((claim) => claim.poolKey === pool.key && claim.serviceKind !== null && claim.kept)
        .reduce((all, claim) => all + claim.apportioned.posted, 0n) +
      (left.get(pool.key) ?? 0n) +
      (isUnplaced(pool) ? pool.result.cost : 0n);
    const column = sheet.col(pool.key);
    sheet.put(
      pool.key,
      row,
      calc(`SUM(${column}${first}:${column}${Math.max(first, row - 1)})`, frame.money(own)),
      'Total',
    );
  }
  putSum(row, total, 'Total');
  frame.place('service', 'total', row);
  sheet.printTo = row + 2;
}
