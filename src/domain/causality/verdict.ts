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
  readonly clear: boolean;
  readonly chargeable: boolean;
  readonly why: string;
  readonly pValue: number | undefined;
}

/**
 * The latest reached look with enough placebos decides: clear when its interval excludes zero and |effect ÷ se| lies
 * beyond the placebos' 95th percentile; chargeable when it is clear and more contacts (method 6).
 */
export function verdictOf(looks: readonly LookEffect[], firstLook: number, startsOn: string): Verdict {
  const judged = [...looks].reverse().find(({ placebos }) => placebos.ratios.length >= FEWEST_PLACEBOS);
  const no = (why: string, look?: Look): Verdict => ({
    look,
    clear: false,
    chargeable: false,
    why,
    pValue: judged?.pValue,
  });
  if (!judged) {
    const [first] = looks;
    if (!first) return no(`too early: first judged ${firstLook} weeks after ${startsOn}`);
    return no(`pre-period too short: ${first.placebos.ratios.length} placebos, ${FEWEST_PLACEBOS} are needed`);
  }
  const { weeks, estimate, low, high, ratio } = judged;
  const { ratios, percentile95 } = judged.placebos;
  const rank = 1 + ratios.filter((value) => value >= Math.abs(ratio)).length;
  const look: Look = { weeks, estimate, low, high, ratio, placebo: { rank, count: ratios.length, percentile95 } };
  const at = `at the ${weeks}-week look`;
  const interval = `the interval ${Math.round(low)} to ${Math.round(high)}`;
  if (low <= 0 && high >= 0) return no(`no clear effect: ${at} ${interval} includes zero`, look);
  const size = `|effect ÷ se| ${Math.abs(ratio).toFixed(2)}`;
  const limit = `95th percentile ${percentile95.toFixed(2)} of ${ratios.length} placebos`;
  if (Math.abs(ratio) <= percentile95) {
    return no(`no clear effect: ${at} ${size} is within what weeks without a decision show (${limit})`, look);
  }
  const beyond = `${at} ${interval} excludes zero and ${size} ranks ${rank} (${limit})`;
  const chargeable = ratio > 0;
  const why = chargeable ? beyond : `fewer contacts, which charge and credit nobody: ${beyond}`;
  return { look, clear: true, chargeable, why, pValue: judged.pValue };
}
