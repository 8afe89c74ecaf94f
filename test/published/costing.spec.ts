import { readFileSync } from 'node:fs';
import { method as allocate } from '../../src/application/evaluate/allocate.ts';
import { method as apportion } from '../../src/application/evaluate/apportion.ts';
import { method as decompose } from '../../src/application/evaluate/decompose.ts';
import { method as dualRate } from '../../src/application/evaluate/dual-rate.ts';
import type { Spec } from '../../src/application/evaluate/method.ts';
import { method as tdabc } from '../../src/application/evaluate/tdabc.ts';
import { method as variances } from '../../src/application/evaluate/variances.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { expectPublished } from './published-case.ts';

/** Keys of a published table renamed to the keys of a spec's shape; the figures stay as they are. */
function inputs(name: string, renamed: Readonly<Record<string, string>> = {}): Spec {
  const text = readFileSync(sharedPath('cases', 'data', `${name}.json`), 'utf8');
  return JSON.parse(text, function (this: unknown, key: string, value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [renamed[name] ?? name, inner]));
  }) as Spec;
}

describeWithShared('published costing tables', 'cases', () => {
  it('repeats time-driven costing (Kaplan & Anderson, HBR 2004)', () => {
    const spec = inputs('tdabc_kaplan_anderson', {
      quarter_cost: 'cost',
      practical_capacity_min: 'practical_capacity',
    });
    expectPublished('tdabc_kaplan_anderson', tdabc.run(spec, ''));
  });

  it('repeats direct, step-down and reciprocal allocation (Horngren 14e, Castleford)', () => {
    expectPublished('alloc_castleford', allocate.run(inputs('alloc_castleford'), ''));
  });

  it('repeats two small reciprocal allocations, one of them printed as equations', () => {
    const { afm, lawn } = inputs('alloc_small_reciprocal') as { afm: Spec; lawn: Spec };
    expectPublished('alloc_small_reciprocal', allocate.run({ afm, lawn: { ...lawn, method: 'reciprocal' } }, ''));
  });

  it('repeats the dual rate (Horngren 14e, p. 546)', () => {
    const { horngren14 } = inputs('dual_rate', {
      practical_capacity_h: 'practical_capacity',
      budget_h: 'budget',
      actual_h: 'actual',
    }) as { horngren14: Spec };
    expectPublished('dual_rate_horngren', dualRate.run(horngren14, ''));
  });

  it('repeats price, efficiency, mix, quantity and market variances', () => {
    expectPublished('variances_open', variances.run(inputs('variances_open', { webb_market: 'webb' }), ''));
  });

  it('repeats rate decompositions (Das Gupta 1993, examples 2.1 to 2.3)', () => {
    expectPublished('dasgupta_open', decompose.run(inputs('dasgupta_open'), ''));
  });

  it('repeats largest-remainder tables', () => {
    const published = JSON.parse(readFileSync(sharedPath('cases', 'expected', 'apportion_open.json'), 'utf8')) as {
      values: { key: string; expected: number[] }[];
    };
    const result = apportion.run(inputs('apportion_open'), '');
    expect(result).toEqual(Object.fromEntries(published.values.map(({ key, expected }) => [key, expected])));
  });
});
