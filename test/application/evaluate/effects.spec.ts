import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { method as aipw } from '../../../src/application/evaluate/aipw.ts';
import { method as gFormula } from '../../../src/application/evaluate/g-formula.ts';
import { method as ipw } from '../../../src/application/evaluate/ipw.ts';

/** Treatment goes to the older; age raises the outcome; treatment adds 2, and 1 more in the north. */
function rows(count: number): Record<string, number | string>[] {
  const random = xoroshiro128plus(11);
  const uniform = (): number => ((random.next() >>> 0) + 0.5) / 4294967296;
  return Array.from({ length: count }, (_, i) => {
    const age = 20 + Math.floor(uniform() * 40);
    const region = ['north', 'south', 'west'][Math.floor(uniform() * 3)]!;
    const treat = uniform() < 1 / (1 + Math.exp(-(age - 40) / 10)) ? 1 : 0;
    const outcome = 0.2 * age + treat * (region === 'north' ? 3 : 2) + uniform() - 0.5;
    return { id: `c${i % 150}`, age, region, treat, outcome, ageband: Math.floor(age / 5) };
  });
}

const data = rows(600);
const base = { data, outcome: 'outcome', treatment: 'treat', covariates: ['age', 'age^2', 'factor(region)'] };

describe('evaluate: effects of a treatment', () => {
  it('finds what was planted by every estimator, where the plain difference does not', () => {
    const estimators = ['naive', 'adjusted', 'ra', 'g_formula', 'ipw', 'ht', 'aipw', 'ipwra', 'strata'];
    const spec = { ...base, estimators, strata: ['ageband', 'region'], target: ['ate', 'att'] };
    const result = aipw.run(spec, '.');
    expect(result['naive'] as number).toBeGreaterThan(4);
    for (const name of ['ra', 'g_formula', 'ipw', 'aipw', 'ipwra', 'strata']) {
      expect(Math.abs((result[`${name}.ate`] as number) - 2.33)).toBeLessThan(0.35);
      expect(Math.abs((result[`${name}.att`] as number) - 2.33)).toBeLessThan(0.5);
    }
    expect(result['aipw.se.influence']).toBeDefined();
    expect(result['ra.se.influence']).toBeUndefined();
  });

  it('gives one pooled model its products: by arm and fully interacted are the same', () => {
    const terms = ['treat', 'age', 'factor(region)', 'treat*age', 'treat*factor(region)'];
    const pooled = gFormula.run({ ...base, outcome_terms: terms, estimators: ['g_formula'] }, '.');
    const arms = gFormula.run({ ...base, outcome_terms: ['age', 'factor(region)'], estimators: ['ra'] }, '.');
    expect(pooled['g_formula.ate']).toBeCloseTo(arms['ra.ate'] as number, 9);
    expect(pooled['g_formula.se']).toBeCloseTo(arms['ra.se'] as number, 9);
  });

  it('puts parts under each other, keeps rows, and prints samples by name', () => {
    const parts = [
      { data, where: { treat: 1 } },
      { data, where: { treat: '0', region: ['north', 'south'] }, set: { region: 'other' } },
    ];
    const samples = { all: { data }, mixed: { data: parts } };
    const result = gFormula.run({ ...base, data: undefined, samples, estimators: ['diff'] }, '.');
    const untreated = data.filter((row) => row['treat'] === 0 && row['region'] !== 'west').length;
    expect(result['all.n']).toBe(600);
    expect(result['mixed.n.untreated']).toBe(untreated);
    expect(result['all.diff.se']).toBe(result['all.se']);
  });

  it('trims by probability, once fitted or fitted again', () => {
    const trimmed = ipw.run({ ...base, covariates: ['age'], trim: [0.2, 0.8], estimators: ['ipw', 'ht'] }, '.');
    const again = ipw.run({ ...base, covariates: ['age'], trim: [0.2, 0.8], refit: true, estimators: ['ipw'] }, '.');
    expect(trimmed['trimmed']).toBeGreaterThan(0);
    expect((trimmed['n'] as number) + (trimmed['trimmed'] as number)).toBe(600);
    expect(again['n']).toBe(trimmed['n']);
    expect(again['ipw.ate']).not.toBe(trimmed['ipw.ate']);
  });

  it('clusters, and its bootstrap repeats to the digit', () => {
    const spec = { ...base, covariates: ['age'], estimators: ['ra'], cluster: 'id', bootstrap: { draws: 60, seed: 5 } };
    const first = ipw.run(spec, '.');
    expect(ipw.run(spec, '.')).toEqual(first);
    const ratio = (first['ra.boot.se'] as number) / (first['ra.se'] as number);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  });

  it.each([
    [{ ...base, covariates: ['agge'] }, /no column "agge"/],
    [{ ...base, covariates: ['age +'] }, /not a term/],
    [{ ...base, covariates: ['region'] }, /is not a number/],
    [{ ...base, link: 'cauchit' }, /logit or probit/],
    [{ ...base, estimators: ['magic'] }, /no estimator "magic"/],
    [{ ...base, where: { treat: 1 } }, /everybody of/],
  ])('refuses %#: a spec that cannot be run', (spec, message) => {
    expect(() => ipw.run(spec, '.')).toThrow(message);
  });
});
