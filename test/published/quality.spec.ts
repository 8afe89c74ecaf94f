import { readFileSync } from 'node:fs';
import { method as contactRate } from '../../src/application/evaluate/contact-rate.ts';
import { method as nps } from '../../src/application/evaluate/nps.ts';
import { method as proportions } from '../../src/application/evaluate/proportions.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { expectPublished } from './published-case.ts';

function inputs(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(sharedPath('cases', 'data', name), 'utf8')) as Record<string, unknown>;
}

describeWithShared('published scores and proportions', 'cases', () => {
  it('repeats the Wilson intervals of Newcombe, table I', () => {
    const { newcombe, r433 } = inputs('proportions_open.json') as { newcombe: number[][]; r433: number[] };
    expectPublished('wilson_newcombe', proportions.run({ proportions: [...newcombe, r433] }, ''));
  });

  it('repeats the variance of a Net Promoter Score', () => {
    expectPublished('nps_variance', nps.run(inputs('nps.json'), ''));
  });

  it('repeats contacts per order', () => {
    expectPublished('contact_rate', contactRate.run({ rates: inputs('contact_rates.json') }, ''));
  });
});

describe('Newcombe intervals of a difference (Statistics in Medicine 1998;17:873, table II)', () => {
  // columns a, b, c, d, f of the table: methods 10 and 11
  it.each([
    [[56, 70], [48, 80], 0.0524, 0.3339, 0.0428, 0.3422],
    [[9, 10], [3, 10], 0.1705, 0.809, 0.1013, 0.8387],
    [[6, 7], [2, 7], 0.0582, 0.8062, -0.029, 0.8423],
    [[5, 56], [0, 29], -0.0381, 0.1926, -0.0667, 0.2037],
    [[0, 10], [0, 10], -0.2775, 0.2775, -0.3445, 0.3445],
  ] as const)('%j against %j', (a, b, low, high, ccLow, ccHigh) => {
    const result = proportions.run({ differences: { d: [a, b] } }, '');
    expect(result['d.lo']).toBeCloseTo(low, 4);
    expect(result['d.hi']).toBeCloseTo(high, 4);
    expect(result['cc.d.lo']).toBeCloseTo(ccLow, 4);
    expect(result['cc.d.hi']).toBeCloseTo(ccHigh, 4);
  });
});

describeWithShared('passenger survey of an airport', 'data/airport-survey', () => {
  it.each([
    [2017, 39.8],
    [2018, 31.0],
  ])('gives the published, unweighted score of %i', (year, published) => {
    const folder = sharedPath('data', 'airport-survey');
    const spec = { data: `${year}_SFO_Customer_Survey.csv`, score: 'NETPRO', no_answer: [11, ''] };
    const result = nps.run(spec, folder);
    expect(Math.round((result['nps.points'] as number) * 10) / 10).toBe(published);
    expect(result['margin']).toBeGreaterThan(0.02);
  });
});
