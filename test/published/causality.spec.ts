import { methodNamed } from '../../src/application/evaluate/methods.ts';
import type { Spec } from '../../src/application/evaluate/method.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { expectPublished } from './published-case.ts';

/** Specs a reviewer would write for the published tables; the keys come out as the tables name them. */
const CASES: Readonly<Record<string, { method: string; spec: Spec }>> = {
  its_sicily: {
    method: 'its_poisson',
    spec: {
      data: 'its_sicily.csv',
      response: 'aces',
      exposure: 'stdpop',
      effect: 'smokban',
      terms: ['smokban', 'time'],
      models: {
        m1: { dispersion: 'poisson' },
        m2: {},
        m3: { terms: ['smokban', 'time', 'fourier(month, 12, 2)'] },
        m4: { terms: ['smokban', 'time', 'fourier(month, 12, 2)', { slope: '(time - 36) * smokban' }] },
      },
      compare: { anova: ['m3', 'm4'] },
      also: { 'm1.RR.printed': 'm1.RR', 'm3.RR.printed': 'm3.RR' },
    },
  },
  its_causalimpact_readme: {
    method: 'structural',
    spec: {
      data: 'its_causalimpact_readme.csv',
      response: 'y',
      terms: ['x1'],
      from: 't > 70',
      models: { '': {}, ml: {} },
    },
  },
  did_card_krueger: {
    method: 'did',
    spec: {
      data: 'did_card_krueger.csv',
      group: 'STATE',
      treated: 1,
      labels: { 0: 'PA', 1: 'NJ' },
      before: 'FTE',
      after: 'FTE2',
      samples: {
        '': {},
        balanced: { balanced: true },
        closed0: { balanced: true, after: 'STATUS2 == 2 || STATUS2 == 4 || STATUS2 == 5 ? 0 : FTE2' },
      },
    },
  },
  sc_prop99: {
    method: 'synthetic_control',
    spec: {
      data: 'sc_prop99.csv',
      unit: 'State',
      time: 'Year',
      outcome: 'PacksPerCapita',
      treated: 'California',
      from: 1989,
      estimators: ['did', 'sc', 'sdid'],
      also: { 'did.exact': 'did', 'sc.exact': 'sc' },
    },
  },
  sc_adh2010: {
    method: 'synthetic_control',
    spec: {
      data: 'sc_prop99_full.csv',
      unit: 'state',
      time: 'year',
      outcome: 'cigsale',
      treated: 'California',
      from: 1989,
      estimators: ['adh'],
      predictors: [
        { name: 'ln_income', column: 'lnincome', from: 1980, to: 1988 },
        { column: 'retprice', from: 1980, to: 1988 },
        { column: 'beer', from: 1984, to: 1988 },
        { name: 'cig1988', column: 'cigsale', at: 1988 },
        { name: 'cig1980', column: 'cigsale', at: 1980 },
        { name: 'cig1975', column: 'cigsale', at: 1975 },
      ],
      weights: { Utah: 0.334, Nevada: 0.234, Montana: 0.199, Colorado: 0.164, Connecticut: 0.069 },
    },
  },
  shapley_airport: {
    method: 'shapley',
    spec: {
      games: {
        airport: { costs: { A: 8, B: 11, C: 13, D: 18 } },
        glove: { values: { 'L1,R1': 1, 'L1,R2': 1, 'L1,R1,R2': 1 }, missing: 0 },
      },
      touches: {
        linear: { path: ['Display', 'Social', 'Search', 'Email', 'Direct'], value: 200 },
        'u.n5': { rule: 'u_shape', touches: 5, first: 0.4, last: 0.4 },
        'u.n2': { rule: 'u_shape', touches: 2 },
        'u.n1': { rule: 'u_shape', touches: 1 },
        decay: { rule: 'time_decay', ages_days: [8, 1], half_life_days: 7 },
      },
    },
  },
  fee_breakeven: {
    method: 'break_even',
    spec: { fee: 5.0, waiver_rate: 0.1, cost_per_contact: 8.0, contact_rates: ['.30', '.5625', '.80'] },
  },
};

describeWithShared('published tables of causality and shared causes', 'cases', () => {
  it.each(Object.entries(CASES))('repeats %s', async (name, { method, spec }) => {
    expectPublished(name, (await methodNamed(method)).run(spec, sharedPath('cases', 'data')));
  });
});

describe('every example of the help runs as it stands', () => {
  it.each([...new Set(Object.values(CASES).map(({ method }) => method)), 'its_ols_newey_west'])('%s', async (name) => {
    const method = await methodNamed(name);
    expect(Object.keys(method.run(method.example, '')).length).toBeGreaterThan(3);
  });
});
