import type { ChainHead } from '../domain/audit-chain.ts';
import { Refusal } from '../domain/errors.ts';

export interface PublishedHead extends ChainHead {
  readonly at: string;
  /** leaves of the events since the head of the line before: digests, which tell nothing of what was done */
  readonly leaves: readonly string[];
}

const HASH = /^[0-9a-f]{64}$/;

/** Heads of a public head file: one JSON object a line with `no` and `hash`. @throws Refusal bad_head_file */
export function readHeads(text: string, name: string): PublishedHead[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => {
      try {
        const head = JSON.parse(line) as PublishedHead;
        if (Number.isInteger(head.no) && HASH.test(head.hash) && head.leaves.every((leaf) => HASH.test(leaf)))
          return head;
      } catch {
        // the same refusal as for a line of another shape
      }
      throw new Refusal('bad_head_file', `${name}, line ${i + 1}: no head like {"no":12,"hash":"…","leaves":["…"]}`, {
        next: 'answerable audit anchor FILE',
      });
    });
}

/** Content of an issued file; what it says is for `verifyIssuedFile`. @throws Refusal bad_issued_file */
export function readIssuedFile(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal('bad_issued_file', `${name} is no JSON`, { next: 'answerable issued PERIOD --out DIR' });
  }
}
