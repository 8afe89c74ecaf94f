import { Refusal } from '../../domain/errors.ts';
import type { EvaluateMethod } from './method.ts';

/**
 * Every method of `answerable evaluate`, by the name typed on the command line. Each file exports its `method`; it is
 * loaded when it is asked for, so that the shell starts fast whatever statistics a method brings.
 */
export const METHODS: Readonly<Record<string, () => Promise<EvaluateMethod>>> = {
  its_poisson: async () => (await import('./its-poisson.ts')).method,
  its_ols_newey_west: async () => (await import('./its-ols-newey-west.ts')).method,
  structural: async () => (await import('./structural.ts')).method,
  did: async () => (await import('./did.ts')).method,
  synthetic_control: async () => (await import('./synthetic-control.ts')).method,
  shapley: async () => (await import('./shapley.ts')).method,
  break_even: async () => (await import('./break-even.ts')).method,
  apportion: async () => (await import('./apportion.ts')).method,
  tdabc: async () => (await import('./tdabc.ts')).method,
  allocate: async () => (await import('./allocate.ts')).method,
  dual_rate: async () => (await import('./dual-rate.ts')).method,
  variances: async () => (await import('./variances.ts')).method,
  decompose: async () => (await import('./decompose.ts')).method,
  kaplan_meier: async () => (await import('./kaplan-meier.ts')).method,
  sbg: async () => (await import('./sbg.ts')).method,
  bgnbd: async () => (await import('./bgnbd.ts')).method,
  gamma_gamma: async () => (await import('./gamma-gamma.ts')).method,
  ipw: async () => (await import('./ipw.ts')).method,
  aipw: async () => (await import('./aipw.ts')).method,
  g_formula: async () => (await import('./g-formula.ts')).method,
  proportions: async () => (await import('./proportions.ts')).method,
  nps: async () => (await import('./nps.ts')).method,
  contact_rate: async () => (await import('./contact-rate.ts')).method,
};

/** @throws Refusal unknown_method naming the methods that there are */
export async function methodNamed(name: string): Promise<EvaluateMethod> {
  const load = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (load === undefined) {
    throw new Refusal('unknown_method', `there is no method "${name}"; there are ${Object.keys(METHODS).join(', ')}`, {
      kind: 'not_found',
      next: 'answerable evaluate --help',
    });
  }
  return load();
}
