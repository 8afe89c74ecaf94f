import { EFFECT_SHAPE, effects } from './effects.ts';
import type { EvaluateMethod } from './method.ts';

export const method: EvaluateMethod = {
  name: 'g_formula',
  about:
    'effect of a treatment by the g-formula: outcome regression, standardised; also plain and adjusted differences',
  shape: EFFECT_SHAPE,
  example: {
    data: {
      called: [1, 1, 1, 0, 0, 0, 0, 1],
      age: [30, 41, 52, 29, 35, 48, 60, 33],
      spend: [12, 15, 11, 9, 10, 12, 8, 14],
    },
    outcome: 'spend',
    treatment: 'called',
    outcome_terms: ['called', 'age', 'called*age'],
    estimators: ['diff', 'adjusted', 'g_formula'],
  },
  run: (spec, folder) => effects(spec, folder, ['diff', 'adjusted', 'g_formula']),
};
