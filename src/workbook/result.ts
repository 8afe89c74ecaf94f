import { canonicalize } from 'json-canonicalize';
import { sha256 } from '../domain/ids.ts';

/** What a workbook posts: the figures by which a saved copy is recognised. Amounts as decimal text with all minor digits. */
export interface PostedResult {
  readonly template: string;
  readonly company: string;
  readonly period: string;
  readonly currency: string;
  readonly run: string;
  /** null: the whole period */
  readonly unit: string | null;
  readonly lines: readonly (readonly [id: string, amount: string])[];
  /** what service keeps, by kind and the pool's key; empty in the pack of a unit */
  readonly service: readonly (readonly [kind: string, pool: string, amount: string])[];
  /** terms of the tie-out; empty in the pack of a unit */
  readonly reconciliation: readonly (readonly [term: string, amount: string])[];
  /** corrections and rulings booked beside the tie-out */
  readonly adjustments: readonly (readonly [id: string, amount: string])[];
}

/** Result hash: SHA-256 of the RFC 8785 form of the posted figures, in the order of their keys. */
export function resultHash(result: PostedResult): string {
  const sorted = <T extends readonly string[]>(rows: readonly T[]) =>
    [...rows].sort((a, b) => (a.join('\u0000') < b.join('\u0000') ? -1 : 1));
  return sha256(
    canonicalize({
      scheme: 1,
      ...result,
      lines: sorted(result.lines),
      service: sorted(result.service),
      reconciliation: sorted(result.reconciliation),
      adjustments: sorted(result.adjustments),
    }),
  );
}

/** Terms of the tie-out in the order of the sheet; each has a cell of its name (Tie_ledger and so on). */
export const TIE_OUT = [
  'ledger',
  'charged',
  'serviceVariances',
  'unusedCapacity',
  'unattributed',
  'withheld',
  'parked',
  'conversion',
] as const;
