const PARTS = 720_720n;

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
  const weights = segments.map(({ seconds }) => (timed ? BigInt(seconds) : 1n));
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const quotas = weights.map((weight, i) => ({
    ...segments[i]!,
    whole: Number((PARTS * weight) / total),
    rest: (PARTS * weight) % total,
  }));
  const left = Number(PARTS) - quotas.reduce((sum, { whole }) => sum + whole, 0);
  return [...quotas]
    .sort((a, b) => (a.rest === b.rest ? inBytes(a.reason, b.reason) : a.rest > b.rest ? -1 : 1))
    .map(({ reason, seconds, whole }, place) => ({ reason, seconds, parts: whole + (place < left ? 1 : 0) }));
}

const inBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
