import { Refusal } from '../../domain/errors.ts';
import type { EvaluateMethod } from './method.ts';

/**
 * Every method of `answerable evaluate`, by the name typed on the command line. Each file exports its `method`; it is
 * loaded when it is asked for, so that the shell starts fast whatever statistics a method brings.
 */
export const METHODS: Readonly<Record<string, () => Promise<EvaluateMethod>>> = {
  apportion: async () => (await import('./apportion.ts')).method,
  tdabc: async () => (await import('./tdabc.ts')).method,
  allocate: async () => (await import('./allocate.ts')).method,
  dual_rate: async () => (await import('./dual-rate.ts')).method,
  variances: async () => (await import('./variances.ts')).method,
  decompose: async () => (await import('./decompose.ts')).method,
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
