import { Fraction } from '../fraction.ts';
import { matchesPattern } from '../model/selector.ts';
import type { CloseInputs } from './close-inputs.ts';

export interface Standards {
  /** seconds of one contact before concurrency, and where they come from; undefined: none @param pool its code */
  standardSeconds(
    pool: string,
    reason: string,
  ): { readonly seconds: Fraction; readonly source: 'stated' | 'derived' } | undefined;
}

/** Standard seconds of a contact: stated by the model, else by reasons.csv, else derived from closed periods (method 3). */
export function standardsOf(inputs: Pick<CloseInputs, 'model' | 'register' | 'derivedStandards'>): Standards {
  return {
    standardSeconds(pool, reason) {
      const stated = [...(inputs.model.charging.standard_seconds.get(pool) ?? [])].find(([pattern]) =>
        matchesPattern(pattern, reason),
      )?.[1];
      if (stated) return { seconds: stated, source: 'stated' };
      const own = inputs.register.reasons.get(reason)?.standardHandleSeconds;
      if (own != null) return { seconds: Fraction.of(own), source: 'stated' };
      const derived = inputs.derivedStandards.get(`${pool}\u0000${reason}`);
      return derived && { seconds: derived, source: 'derived' };
    },
  };
}
