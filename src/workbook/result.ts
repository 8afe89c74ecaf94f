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
  /** empty in the pack of a unit */
  readonly service: readonly (readonly [kind: string, pool: string, amount: string])[];
}

/** Result hash: SHA-256 of the RFC 8785 form of the posted figures, in the order of their keys. */
export function resultHash(result: PostedResult): string {
  const sorted = <T extends readonly string[]>(rows: readonly T[]) =>
    [...rows].sort((a, b) => (a.join('\u0000') < b.join('\u0000') ? -1 : 1));
  return sha256(canonicalize({ scheme: 1, ...result, lines: sorted(result.lines), service: sorted(result.service) }));
}
