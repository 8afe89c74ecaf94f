import { method as aipw } from '../../src/application/evaluate/aipw.ts';
import { method as gFormula } from '../../src/application/evaluate/g-formula.ts';
import { method as ipw } from '../../src/application/evaluate/ipw.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { expectPublished } from './published-case.ts';

const COVARIATES = ['age', 'age^2', 'educ', 'nodegree', 'black', 'hisp', 're74', 're75'];

describeWithShared('published effects of a treatment', 'cases', () => {
  const folder = sharedPath('cases', 'data');

  it("repeats Stata's teffects on the Cattaneo birth weights", () => {
    const result = aipw.run(
      {
        data: 'aipw_cattaneo2.csv',
        outcome: 'bweight',
        treatment: 'mbsmoke_',
        link: 'probit',
        treatment_terms: ['mmarried_', 'mage', 'mage^2', 'fbaby_', 'medu'],
        outcome_terms: ['prenatal1_', 'mmarried_', 'mage', 'fbaby_'],
        estimators: ['ra', 'ipw', 'aipw', 'ipwra', 'naive'],
      },
      folder,
    );
    expectPublished('aipw_cattaneo2', result);
  });

  it("repeats Dehejia and Wahba's experimental benchmark of the job training programme", () => {
    const result = gFormula.run(
      {
        samples: { dw: { data: 'lalonde_nsw_dw.csv' } },
        outcome: 're78',
        treatment: 'treat',
        covariates: COVARIATES,
        estimators: ['diff', 'adjusted', 'ra'],
      },
      folder,
    );
    // The other rows of the table need files that are held back.
    expectPublished('lalonde_nsw', result, (key) => key.startsWith('dw.'));
  });

  it('agrees with the experiment when it reweights it', () => {
    const result = ipw.run(
      {
        data: 'lalonde_nsw_dw.csv',
        outcome: 're78',
        treatment: 'treat',
        covariates: COVARIATES,
        estimators: ['ipw', 'aipw', 'ipwra', 'ht'],
        target: ['ate', 'att'],
        balance: true,
      },
      folder,
    );
    for (const key of ['ipw.ate', 'aipw.ate', 'ipwra.ate', 'ipw.att', 'aipw.att', 'ipwra.att']) {
      expect(Math.abs((result[key] as number) - 1794)).toBeLessThan(300);
    }
    expect(result['balance.after.max']).toBeLessThan(0.02);
  });
});
