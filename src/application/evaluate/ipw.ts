import { EFFECT_SHAPE, effects } from './effects.ts';
import type { EvaluateMethod } from './method.ts';

export const method: EvaluateMethod = {
  name: 'ipw',
  about: 'effect of a treatment by inverse probability weighting (Hájek; ht for Horvitz–Thompson)',
  shape: EFFECT_SHAPE,
  example: {
    data: {
      called: [1, 1, 1, 0, 0, 0, 0, 1],
      age: [30, 41, 52, 29, 35, 48, 60, 33],
      spend: [12, 15, 11, 9, 10, 12, 8, 14],
    },
    outcome: 'spend',
    treatment: 'called',
    covariates: ['age'],
    estimators: ['naive', 'ipw'],
    target: ['ate', 'att'],
    balance: true,
  },
  run: (spec, folder) => effects(spec, folder, ['naive', 'ipw']),
};
