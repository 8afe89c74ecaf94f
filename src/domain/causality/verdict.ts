import { FEWEST_PLACEBOS, type Placebos } from './placebos.ts';

/** An effect at one of the fixed looks, and where it stands among the placebos. */
export interface Look {
  readonly weeks: number;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly ratio: number;
  readonly placebo: { readonly rank: number; readonly count: number; readonly percentile95: number };
}

/** An effect with its interval at a look, before it is held against placebos. */
export interface LookEffect {
  readonly weeks: number;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** estimate ÷ standard error */
  readonly ratio: number;
  readonly pValue: number;
  readonly placebos: Placebos;
}

export interface Verdict {
  readonly look: Look | undefined;
  /** what there is before the first look: shown, never charged */
  readonly early: Look | undefined;
  readonly clear: boolean;
  readonly chargeable: boolean;
  readonly why: string;
  readonly pValue: number | undefined;
}

/**
 * The latest reached look with enough placebos decides: clear when its interval excludes zero and |effect ÷ se| lies
 * beyond the placebos' 95th percentile; chargeable when it is clear and more contacts (method 6).
 * @param early the effect so far, when no look is reached yet
 */
export function verdictOf(
  looks: readonly LookEffect[],
  firstLook: number,
  startsOn: string,
  early?: LookEffect,
): Verdict {
  const judged = [...looks].reverse().find(hasPlacebos);
  const no = (why: string, more: Partial<Verdict> = {}): Verdict => ({
    ...{ look: undefined, early: undefined, clear: false, chargeable: false, pValue: undefined },
    ...more,
    why,
  });
  if (!judged) {
    const [first] = looks;
    if (first)
      return no(`pre-period too short: ${first.placebos.ratios.length} placebos, ${FEWEST_PLACEBOS} are needed`);
    const tooEarly = `too early: first judged ${firstLook} weeks after ${startsOn}`;
    if (!early || !hasPlacebos(early)) return no(tooEarly);
    return no(`${tooEarly}; after ${early.weeks} weeks ${readingOf(early).text}`, { early: lookOf(early) });
  }
  const { look, pValue } = { look: lookOf(judged), pValue: judged.pValue };
  const { text, clear } = readingOf(judged);
  const said = `at the ${judged.weeks}-week look ${text}`;
  if (!clear) return no(`no clear effect: ${said}`, { look, pValue });
  const chargeable = judged.ratio > 0;
  const why = chargeable ? said : `fewer contacts, which charge and credit nobody: ${said}`;
  return { look, early: undefined, clear, chargeable, why, pValue };
}

const hasPlacebos = ({ placebos }: LookEffect): boolean => placebos.ratios.length >= FEWEST_PLACEBOS;

function lookOf({ weeks, estimate, low, high, ratio, placebos: { ratios, percentile95 } }: LookEffect): Look {
  const rank = 1 + ratios.filter((value) => value >= Math.abs(ratio)).length;
  return { weeks, estimate, low, high, ratio, placebo: { rank, count: ratios.length, percentile95 } };
}

function readingOf(effect: LookEffect): { text: string; clear: boolean } {
  const { low, high, ratio, placebo } = lookOf(effect);
  const interval = `the interval ${Math.round(low)} to ${Math.round(high)}`;
  if (low <= 0 && high >= 0) return { text: `${interval} includes zero`, clear: false };
  const size = `|effect ÷ se| ${Math.abs(ratio).toFixed(2)}`;
  const limit = `95th percentile ${placebo.percentile95.toFixed(2)} of ${placebo.count} placebos`;
  if (Math.abs(ratio) <= placebo.percentile95) {
    return { text: `${size} is within what weeks without a decision show (${limit})`, clear: false };
  }
  return { text: `${interval} excludes zero and ${size} ranks ${placebo.rank} (${limit})`, clear: true };
}
