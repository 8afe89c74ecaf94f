import { EFFECT_SHAPE, effects } from './effects.ts';
import type { EvaluateMethod } from './method.ts';

export const method: EvaluateMethod = {
  name: 'aipw',
  about: 'effect of a treatment, doubly robust: augmented inverse probability weighting (also ra, ipw, ipwra)',
  shape: EFFECT_SHAPE,
  example: {
    data: {
      called: [1, 1, 1, 0, 0, 0, 0, 1],
      age: [30, 41, 52, 29, 35, 48, 60, 33],
      spend: [12, 15, 11, 9, 10, 12, 8, 14],
    },
    outcome: 'spend',
    treatment: 'called',
    treatment_terms: ['age'],
    outcome_terms: ['age'],
    estimators: ['ra', 'ipw', 'aipw', 'ipwra', 'naive'],
  },
  run: (spec, folder) => effects(spec, folder, ['aipw']),
};
