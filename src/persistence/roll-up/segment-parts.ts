import { invariant } from '../../domain/errors.ts';

const PARTS = 720_720;

export interface SegmentPart {
  readonly reason: string;
  readonly seconds: number;
  readonly parts: number;
}

/**
 * A contact of several reasons in 720,720 parts: by largest remainder over its segments' seconds (one each where all are
 * zero), ties by reason code in bytes. @param text a line `seconds reason` for each
 */
export function segmentParts(text: string): SegmentPart[] {
  const segments = text.split('\n').map((line) => {
    const blank = line.indexOf(' ');
    return { reason: line.slice(blank + 1), seconds: Number(line.slice(0, blank)) };
  });
  const timed = segments.some(({ seconds }) => seconds !== 0);
  const weights = segments.map(({ seconds }) => (timed ? seconds : 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const quotas = segments.map(({ reason, seconds }, i) => {
    const parts = PARTS * weights[i]!;
    invariant(Number.isSafeInteger(parts), `a segment of ${seconds} seconds`); // whole numbers stay exact below
    const rest = parts % total;
    return { reason, seconds, whole: (parts - rest) / total, rest };
  });
  const left = PARTS - quotas.reduce((sum, { whole }) => sum + whole, 0);
  return quotas
    .sort((a, b) => (a.rest === b.rest ? inBytes(a.reason, b.reason) : a.rest > b.rest ? -1 : 1))
    .map(({ reason, seconds, whole }, place) => ({ reason, seconds, parts: whole + (place < left ? 1 : 0) }));
}

const inBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
