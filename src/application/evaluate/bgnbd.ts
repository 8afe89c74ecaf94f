import { Refusal } from '../../domain/errors.ts';
import type { BgNbd, PurchaseHistory } from '../../domain/retention/bgnbd.ts';
import {
  aliveProbability,
  expectedFurtherPurchases,
  expectedPurchases,
  fitBgNbd,
} from '../../domain/retention/bgnbd.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { numberOf, numbers } from './method.ts';
import type { Row } from './sample.ts';
import { cellText, isRecord, numbersOf, sampleOf } from './sample.ts';

export const method: EvaluateMethod = {
  name: 'bgnbd',
  about: 'repeat buying without contracts: BG/NBD by maximum likelihood, expected purchases, P(alive)',
  shape: `data*        one row a customer: rows, columns, or a CSV path; where keeps rows (not needed with params and conditional)
columns      { id, frequency, recency, T, customers }: names of the columns (default: ID, frequency, recency, T);
             frequency = repeat purchases, recency = time of the last, T = time observed, customers = row weight
params       { r, alpha, a, b }: use these instead of fitting
expected_at  list of t: EX(t), repeat purchases expected of a new customer up to t
conditional  list of { t, x, tx, T }: E<t>|x=..,tx=..,T=.. and P|x=..,tx=..,T=.. (P alive)
predict      { t, ids } or a list of these: pred<t>.id<ID>, purchases expected of the customer in the next t;
             alive.id<ID>; ids absent: total.pred<t> over all customers alone
prints       r, alpha, a, b, LL, n, and what is asked above`,
  example: {
    data: {
      ID: [1, 2, 3, 4, 5, 6, 7, 8],
      frequency: [2, 1, 0, 0, 4, 7, 1, 3],
      recency: [30.4, 1.7, 0, 0, 21, 38.1, 5, 9.3],
      T: [38.9, 38.9, 38.9, 38.9, 30, 39, 38, 39],
    },
    expected_at: [1, 39],
    conditional: [{ t: 39, x: 2, tx: 30.43, T: 38.86 }],
    predict: { t: 39, ids: [5, 6] },
  },
  run(spec, folder) {
    const rows = spec['data'] === undefined ? [] : sampleOf(spec, folder);
    const histories = historiesOf(spec, rows);
    const result: Result = {};
    const model = modelOf(spec, histories, result);
    for (const t of spec['expected_at'] === undefined ? [] : numbersOf(spec['expected_at'], 'expected_at')) {
      result[`EX(${t})`] = expectedPurchases(model, t);
    }
    for (const item of listOf(spec['conditional'])) {
      const [t, x, tx, T] = ['t', 'x', 'tx', 'T'].map((key) => numberOf(item[key], `conditional.${key}`)) as [
        number,
        number,
        number,
        number,
      ];
      const history = { frequency: x, recency: tx, age: T };
      result[`E${t}|x=${x},tx=${tx},T=${T}`] = expectedFurtherPurchases(model, t, history);
      result[`P|x=${x},tx=${tx},T=${T}`] = aliveProbability(model, history);
    }
    const ids = rows.map((row) => cellText(row[columnNames(spec).id]));
    for (const item of listOf(spec['predict'])) {
      Object.assign(result, predicted(model, numberOf(item['t'], 'predict.t'), item['ids'], ids, histories));
    }
    return result;
  },
};

function columnNames(spec: Spec): { id: string; frequency: string; recency: string; T: string; customers?: string } {
  return { id: 'ID', frequency: 'frequency', recency: 'recency', T: 'T', ...(spec['columns'] as Row | undefined) };
}

function historiesOf(spec: Spec, rows: readonly Row[]): PurchaseHistory[] {
  if (rows.length === 0) return [];
  const names = columnNames(spec);
  const [frequency, recency, age] = [names.frequency, names.recency, names.T].map((name) => numbers(rows, name));
  const customers = names.customers === undefined ? undefined : numbers(rows, names.customers);
  return rows.map((_, i) => ({
    frequency: frequency![i]!,
    recency: recency![i]!,
    age: age![i]!,
    customers: customers?.[i] ?? 1,
  }));
}

function modelOf(spec: Spec, histories: readonly PurchaseHistory[], result: Result): BgNbd {
  const given = spec['params'];
  if (isRecord(given)) {
    const [r, alpha, a, b] = ['r', 'alpha', 'a', 'b'].map((key) => numberOf(given[key], `params.${key}`));
    return { r: r!, alpha: alpha!, a: a!, b: b! };
  }
  if (histories.length === 0) throw new Refusal('bad_spec', 'give "data" to fit, or "params"');
  const fit = fitBgNbd(histories);
  const { r, alpha, a, b, logLikelihood } = fit;
  Object.assign(result, { r, alpha, a, b, LL: logLikelihood, n: histories.length });
  return fit;
}

function predicted(
  model: BgNbd,
  t: number,
  wanted: unknown,
  ids: readonly string[],
  histories: readonly PurchaseHistory[],
): Result {
  const result: Result = {};
  if (wanted === undefined) {
    result[`total.pred${t}`] = histories.reduce(
      (sum, history) => sum + (history.customers ?? 1) * expectedFurtherPurchases(model, t, history),
      0,
    );
    return result;
  }
  for (const id of Array.isArray(wanted) ? (wanted as unknown[]) : [wanted]) {
    const at = ids.indexOf(cellText(id));
    if (at < 0) throw new Refusal('bad_spec', `"predict.ids": there is no customer ${cellText(id)}`);
    result[`pred${t}.id${ids[at]!}`] = expectedFurtherPurchases(model, t, histories[at]!);
    result[`alive.id${ids[at]!}`] = aliveProbability(model, histories[at]!);
  }
  return result;
}

function listOf(value: unknown): Row[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as Row[];
}
