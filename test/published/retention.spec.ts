import { readFileSync } from 'node:fs';
import { method as bgnbd } from '../../src/application/evaluate/bgnbd.ts';
import { method as kaplanMeier } from '../../src/application/evaluate/kaplan-meier.ts';
import { method as sbg } from '../../src/application/evaluate/sbg.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { expectPublished } from './published-case.ts';

describeWithShared('published retention tables', 'cases', () => {
  const folder = sharedPath('cases', 'data');

  it('repeats the remission times of 6-MP against placebo (Freireich, Gehan)', () => {
    const result = kaplanMeier.run(
      {
        data: 'surv_gehan_6mp.csv',
        time: 'time',
        event: 'cens',
        group: 'treat',
        groups: { '6-MP': '6mp', control: 'ctrl' },
        weights: ['wilcoxon', 'tarone', 'peto'],
      },
      folder,
    );
    expectPublished('km_gehan_6mp', result);
    // Kleinbaum & Klein, Survival Analysis, ch. 2: the other weights on the same data.
    expect(result['wilcoxon']).toBeCloseTo(13.46, 2);
    expect(result['tarone']).toBeCloseTo(15.12, 2);
    expect(result['peto']).toBeCloseTo(14.08, 2);
  });

  it('repeats the contract retention of Fader and Hardie', () => {
    const { n, ...cohorts } = JSON.parse(readFileSync(sharedPath('cases', 'data', 'sbg.json'), 'utf8')) as {
      n: number;
      high_end: number[];
      regular: number[];
    };
    const result = sbg.run({ cohorts, n, fit_periods: 7, horizons: [1, 12] }, folder);
    expectPublished('sbg_fader_hardie', result);
  });

  it('repeats BG/NBD on the CDNOW customers', () => {
    const result = bgnbd.run(
      {
        data: 'clv_cdnow_customers_summary.csv',
        expected_at: [0.1429, 1, 3, 31.8571, 32, 78],
        conditional: [{ t: 39, x: 2, tx: 30.43, T: 38.86 }],
        predict: { t: 1, ids: [1516, 157, 1981] },
      },
      folder,
    );
    expectPublished('bgnbd_cdnow', result);
  });
});
