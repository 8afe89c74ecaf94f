import { Refusal } from '../../domain/errors.ts';
import type { GammaGamma, Spend } from '../../domain/retention/gamma-gamma.ts';
import { expectedSpend, fitGammaGamma } from '../../domain/retention/gamma-gamma.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { numberOf, numbers } from './method.ts';
import type { Row } from './sample.ts';
import { cellText, isRecord, sampleOf } from './sample.ts';

export const method: EvaluateMethod = {
  name: 'gamma_gamma',
  about: 'spend per purchase: gamma-gamma by maximum likelihood, expected spend of a customer',
  shape: `data*        one row a customer: rows, columns, or a CSV path; where keeps rows (not needed with params and conditional)
columns      { id, frequency, monetary }: names of the columns (default: ID, frequency, monetary_value);
             frequency = purchases that the mean is over; customers without any are left out
params       { p, q, v }: use these instead of fitting
conditional  list of { x, m }: EM|x=..,m=.., spend per purchase expected of x purchases of mean m
predict      ids: EM.id<ID>
prints       p, q, v, LL, n (customers fitted on), mean (p v / (q - 1)), and what is asked above`,
  example: {
    data: {
      ID: [1, 2, 3, 4, 5, 6],
      frequency: [2, 1, 0, 3, 4, 7],
      monetary_value: [22.35, 11.77, 0, 35.1, 74.2, 30.5],
    },
    conditional: [{ x: 2, m: 22.35 }],
    predict: [5],
  },
  run(spec, folder) {
    const rows = spec['data'] === undefined ? [] : sampleOf(spec, folder);
    const names = {
      id: 'ID',
      frequency: 'frequency',
      monetary: 'monetary_value',
      ...(spec['columns'] as Row | undefined),
    };
    const purchases = rows.length === 0 ? [] : numbers(rows, names.frequency);
    const means = rows.length === 0 ? [] : numbers(rows, names.monetary);
    const spends = purchases.map((x, i) => ({ purchases: x, mean: means[i]! }));
    const result: Result = {};
    const model = modelOf(spec, spends, result);
    result['mean'] = expectedSpend(model, { purchases: 0, mean: 0 });
    for (const item of (spec['conditional'] ?? []) as Row[]) {
      const spend = { purchases: numberOf(item['x'], 'conditional.x'), mean: numberOf(item['m'], 'conditional.m') };
      result[`EM|x=${spend.purchases},m=${spend.mean}`] = expectedSpend(model, spend);
    }
    const ids = rows.map((row) => cellText(row[names.id]));
    for (const id of (spec['predict'] ?? []) as unknown[]) {
      const at = ids.indexOf(cellText(id));
      if (at < 0) throw new Refusal('bad_spec', `"predict": there is no customer ${cellText(id)}`);
      result[`EM.id${ids[at]!}`] = expectedSpend(model, spends[at]!);
    }
    return result;
  },
};

function modelOf(spec: Spec, spends: readonly Spend[], result: Result): GammaGamma {
  const given = spec['params'];
  if (isRecord(given)) {
    const [p, q, v] = ['p', 'q', 'v'].map((key) => numberOf(given[key], `params.${key}`));
    return { p: p!, q: q!, v: v! };
  }
  const fit = fitGammaGamma(spends);
  Object.assign(result, { p: fit.p, q: fit.q, v: fit.v, LL: fit.logLikelihood, n: fit.customers });
  return fit;
}
