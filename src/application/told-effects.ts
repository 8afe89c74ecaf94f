import { Fraction } from '../domain/fraction.ts';
import { madeOnce } from '../domain/made-once.ts';
import type { LocalDate } from '../domain/period.ts';
import type { EffectKind } from '../domain/retention/effect.ts';
import type { DueCohort } from '../domain/retention/maturity.ts';
import type { EpisodeTouches, Group } from '../domain/retention/cohort-groups.ts';
import {
  unsharedEffects,
  type PostedBefore,
  type RetentionFacts,
  type RetentionPolicy,
  type UnsharedEffects,
} from '../domain/retention/period-effects.ts';
import { LikeTouches, type CellTouch, type HitRule, type Hits } from './like-touches.ts';

/** Fractions of touches by their numbers as quotients. Plain data. */
export interface WeightTexts {
  readonly numbers: Int32Array;
  readonly quotients: string;
}

/** Effects with the touches that their weights go by. Plain data. */
export interface ToldEffects extends Omit<UnsharedEffects, 'weights'> {
  readonly weights: readonly WeightTexts[];
  readonly touches: readonly CellTouch[];
}

/** What effects are told from, but for the groups. Plain data. */
export interface EffectSources extends Pick<RetentionFacts, 'customers' | 'referrals' | 'reasonParent'> {
  readonly cohorts: readonly DueCohort[];
  /** what earlier periods posted */
  readonly before: Readonly<Record<EffectKind, ReturnType<PostedBefore>>>;
  readonly policy: RetentionPolicy;
  /** what `LikeTouches` tells touches apart by */
  readonly like: {
    readonly rules: readonly HitRule[];
    readonly decisions: readonly string[];
    readonly cuts: readonly LocalDate[];
  };
  readonly hits: Hits;
}

/** Groups of cohorts, each once. */
export type GroupsOf = (cohort: DueCohort) => Iterable<Group>;

/** The effects of due cohorts (method 7), before anybody answers for them. @throws Refusal as `unsharedEffects` */
export function toldEffects(sources: EffectSources, groupsOf: GroupsOf): ToldEffects {
  const { cohorts, before, policy, like, hits, ...facts } = sources;
  const touches = new LikeTouches(like.rules, like.decisions, like.cuts);
  const likeTouches = (effect: EffectKind, { of, ...instants }: EpisodeTouches): Int32Array =>
    effect === 'service'
      ? touches.contacts({ ...instants, cellNo: of }, hits)
      : touches.hits({ ...instants, decision: of });
  const read: RetentionFacts = { ...facts, groups: { of: groupsOf }, likeTouches };
  const effects = unsharedEffects(read, cohorts, (effect) => before[effect], policy);
  return { ...effects, weights: weightTexts(effects), touches: touches.touches };
}

export function weightTexts({ weights }: Pick<UnsharedEffects, 'weights'>): WeightTexts[] {
  return weights.map((own) => ({
    numbers: Int32Array.from(own.keys()),
    quotients: Array.from(own.values(), (weight) => weight.toString()).join(' '),
  }));
}

export function weightsOf({ weights }: { readonly weights: readonly WeightTexts[] }): UnsharedEffects['weights'] {
  const known = new Map<string, Fraction>();
  return weights.map(({ numbers, quotients }) => {
    const texts = quotients.split(' ');
    const weight = (text: string): Fraction => madeOnce(known, text, () => Fraction.parse(text));
    return new Map(Array.from(numbers, (number, i) => [number, weight(texts[i]!)]));
  });
}
